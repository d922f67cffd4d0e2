"""The commands, one file each: they read options, call the app, and print."""
