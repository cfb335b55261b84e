"""German: as Django has it, but a day without its year is short enough for the foot of a chart."""

MONTH_DAY_FORMAT = "j. N"
