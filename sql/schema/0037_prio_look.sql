-- 0037_prio_look: a look at a run of prio1 that ended without having said anything (its
-- worker died, its time was up) is told to core.prio_finished, so that no run waits
-- for a look that nobody makes.
INSERT INTO core.service VALUES ('prio', 'prio');
UPDATE core.kind SET service = 'prio' WHERE name = 'prio1.run';
