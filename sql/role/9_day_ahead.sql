-- Last of the replaceable files: a fresh database can take jobs at once.
SELECT core.day_ahead();
