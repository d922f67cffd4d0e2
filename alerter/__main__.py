"""`python -m alerter` and the console script."""

from alerter.cli.main import main

if __name__ == "__main__":
    main()
