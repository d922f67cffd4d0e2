"""
Imported last by a server process from which others are forked: what stands in memory by now, stays.

Without that, the first collection of garbage in each forked process goes through all that was imported and so
copies its pages: a quarter of a command's time.
"""

import gc

gc.collect()
gc.freeze()
