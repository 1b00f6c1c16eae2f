"""State in, rows of text out. Pure: no Textual, no clock, no disk.

Text here may be foreign; it becomes inert where it is painted, in one place (`widgets/paint.py`).
"""
