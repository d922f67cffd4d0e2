"""
The product, told in four pages: sync, prepare, deliver, conclude.

Rows come in and become believable values (`sync`); the open ones are judged on the working-day
calendar, grouped into one digest per recipient and written out in one transaction (`prepare`);
from there they are sent one at a time (`deliver`), and the admins are told what came of it (`conclude`).
"""
