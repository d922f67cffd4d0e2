"""
The weekly job; `weekly.py` has the whole of it on one page, the other files its steps.

Rows come in and become believable values (`sync`); the open ones are judged on the working-day
calendar, grouped into one digest per recipient and written out in one transaction (`prepare`);
from there they are sent one at a time (`deliver`), and the admins are told what came of it (`conclude`).
"""
