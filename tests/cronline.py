"""What a cron line of five fields stands for, found by asking every minute: the plain reading, beside which core.cron5_slot is held.

    latest("15 2 * * *", datetime(2024, 5, 31, 2, 14))     # -> datetime(2024, 5, 30, 2, 15); None: never, or no such line
    draw(rng), spoil(rng, line), moment(rng)               # lines, lines with one mistake, times at which slots are hard
"""
import datetime
import re

BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
DAYS_BACK = 9 * 366
LINE_MAX, FIELD_MAX = 1000, 200
ITEM = re.compile(r"(?:\*|(\d\d?)(?:-(\d\d?))?)(/\d\d?)?", re.ASCII)
MINUTE, DAY = datetime.timedelta(minutes=1), datetime.timedelta(days=1)


# ---- reading ------------------------------------------------------------------------
def item_ok(text, low, high):
    m = ITEM.fullmatch(text)
    if not m or (m[1] and not m[2] and m[3]) or (m[3] and int(m[3][1:]) == 0):
        return False
    return not m[1] or low <= int(m[1]) <= int(m[2] or m[1]) <= high


def stands_for(text, value, low):
    """Is the value one of those of a field?"""
    for item in text.split(","):
        first, _, step = item.partition("/")
        a, _, b = first.partition("-")
        begin = low if a == "*" else int(a)
        end = 99 if a == "*" else int(b or a)
        if begin <= value <= end and (value - begin) % int(step or 1) == 0:
            return True
    return False


def fields_of(line):
    """-> five texts, or None"""
    if len(line) > LINE_MAX:
        return None
    fields = re.split("[ \t]+", line.strip(" \t"))
    good = len(fields) == 5 and all(len(f) <= FIELD_MAX and all(item_ok(i, *b) for i in f.split(",")) for f, b in zip(fields, BOUNDS))
    return fields if good else None


def is_day(fields, day):
    in_month = stands_for(fields[2], day.day, 1)
    in_week = any(stands_for(fields[4], d, 0) for d in {day.isoweekday() % 7, day.isoweekday()})
    either = "*" not in (fields[2][0], fields[4][0])
    return stands_for(fields[3], day.month, 1) and ((in_month or in_week) if either else (in_month and in_week))


def latest(line, upto):
    fields = fields_of(line)
    if fields is None:
        return None
    at = upto.replace(second=0, microsecond=0)
    for _ in range(DAYS_BACK):
        day = at.date()
        while at.date() == day and is_day(fields, day):
            if stands_for(fields[0], at.minute, 0) and stands_for(fields[1], at.hour, 0):
                return at
            at -= MINUTE
        if at.date() == day:
            at = datetime.datetime.combine(day, datetime.time(23, 59)) - DAY
    return None


# ---- drawing ------------------------------------------------------------------------
def field(rng, low, high, hard):
    def value():
        return rng.choice(hard) if hard and rng.random() < 0.7 else rng.randint(low, high)

    def item():
        a, b = sorted((value(), value()))
        return rng.choice(("*", "*/%d" % rng.randint(1, 99), "%d" % a, "%d" % b, "%02d" % a, "%d-%d" % (a, b), "%d-%d/%d" % (a, b, rng.randint(1, 20))))
    if rng.random() < (0.1 if hard else 0.3):
        return "*"
    return ",".join(item() for _ in range(rng.choice((1, 1, 1, 2, 3))))


def draw(rng):
    hard = ((), (), (29, 29, 30, 31), (2, 2, 2, 4), (0, 7))
    return rng.choice((" ", "  ", "\t")).join(field(rng, low, high, h) for (low, high), h in zip(BOUNDS, hard))


def spoil(rng, line):
    at = rng.randrange(len(line) + 1)
    return line[:at] + rng.choice(("", "0", "7", "9", "60", "*", "/", ",", "-", " ", "\t", "\n", "x", "\u2003", "é", "+", " " * LINE_MAX)) + line[at + rng.randint(0, 1):]


def moment(rng):
    year = rng.randint(1975, 2110)
    edges = ((2, 28), (3, 1), (12, 31), (1, 1), (rng.randint(1, 12), rng.randint(1, 28)))
    day = datetime.datetime(year, *rng.choice(edges)) + DAY * rng.choice((0, 0, 1))
    return day + rng.choice((datetime.timedelta(0), datetime.timedelta(seconds=86399), datetime.timedelta(seconds=rng.randrange(86400))))
