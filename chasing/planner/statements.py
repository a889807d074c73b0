"""The statements of the planner, in fragments: what is due, which step it reached, who is there, what is written.

Each fragment is completed with its own parameters and the fragments are put together with WITH. To change who is
written to, change ``DIRECTORY``. Dates come in as parameters: the database's own clock is never asked.
"""

# The role's membership is in force on the day, confirmed where two people are needed, and the person active.
LIVE = """m.confirmed_at IS NOT NULL AND m.starts_on <= {day} AND (m.ends_on IS NULL OR m.ends_on > {day})"""

STEPS = """step (whose, day, rung_id, audience, "offset", proposes, above, since, cut, lower, day_before) AS (
  VALUES {rows}
)"""

STEP_ROW = """(%s::bigint, %s::date, %s::bigint, %s, %s::smallint, %s::boolean, %s::date, %s::date, %s::date,
    %s::smallint[], %s::date)"""

# The highest step decided so far, whichever ladder it was on: a new ladder never repeats an old reminder.
# What a person sent by hand is no step.
DECIDED = """decided AS MATERIALIZED (
  SELECT c.thing, c.due_version, max(r."offset") AS "offset"
  FROM chasing_chase c JOIN chasing_rung r ON r.id = c.rung_id JOIN thing t ON t.id = c.thing
  WHERE c.kind = %(kind)s AND c.due_version = t.due_version AND c.by_hand IS NULL
  GROUP BY 1, 2
)"""

REACHED = """reached AS (
  SELECT t.*, s.day, s.rung_id, s.audience, s."offset", s.proposes,
    CASE WHEN d."offset" IS NULL THEN s.lower
         ELSE ARRAY(SELECT one FROM unnest(s.lower) AS one WHERE one > d."offset") END AS lower
  FROM thing t
  JOIN step s ON s.whose = CASE WHEN t.commissioner_id = ANY(%(own)s) THEN t.commissioner_id ELSE %(everybody)s END
    AND t.due_on <= s.cut
    AND (s.above IS NULL OR t.due_on > s.above)
    AND (t.paused_until IS NULL OR t.paused_until <= s.day)
    AND (s.since IS NULL OR t.due_on > s.since OR t.paused_until > s.day_before)
  LEFT JOIN decided d ON d.thing = t.id AND d.due_version = t.due_version
  WHERE d."offset" IS NULL OR s."offset" > d."offset"
)"""

MADE = """made AS (
  INSERT INTO chasing_chase (kind, thing, due_version, rung_id, commissioner_id, organisation_id, circle_id,
    outcome, due_on, planned_on, reason, skipped)
  SELECT %(kind)s, id, due_version, rung_id, commissioner_id, organisation_id, circle_id,
    CASE WHEN %(quiet)s THEN 'skipped' WHEN proposes THEN 'proposed' ELSE 'reminded' END,
    due_on, %(on)s, '', lower
  FROM reached
  ON CONFLICT (kind, thing, due_version, rung_id) WHERE by_hand IS NULL DO NOTHING
  RETURNING id AS chase_id, thing AS id, rung_id, commissioner_id, organisation_id, circle_id, outcome
)"""

SPEAKING = """speaking AS (
  SELECT made.chase_id, made.id, made.commissioner_id, made.organisation_id, made.circle_id, r.audience, t.owner_id,
    %(on)s::date AS day
  FROM made JOIN chasing_rung r ON r.id = made.rung_id JOIN thing t ON t.id = made.id
  WHERE made.outcome = 'reminded'
)"""

TAKEN = """speaking AS (
  SELECT c.id AS chase_id, c.thing AS id, c.commissioner_id, c.organisation_id, c.circle_id, r.audience, t.owner_id,
    %(on)s::date AS day
  FROM chasing_chase c JOIN chasing_rung r ON r.id = c.rung_id JOIN thing t ON t.id = c.thing
  WHERE c.id = %(chase)s
)"""

# Who is there to be written to, by place (the provider; for the quality team the commissioner) and audience. An
# address stands once: the person before the contact, the contact before the shared mailbox (hazard 17).
DIRECTORY = """directory AS (
  SELECT DISTINCT ON (place, audience, address) place, audience, user_id, contact_id, mailbox_id, why
  FROM (
    SELECT m.organisation_id AS place, a.audience, m.user_id, NULL::bigint AS contact_id, NULL::bigint AS mailbox_id,
      a.why, lower(u.email) AS address, a.rank
    FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id AND u.is_active
    JOIN (VALUES ('preparers', %(leads)s, 'lead', 1), ('preparers', %(preparers)s, 'preparer', 2),
                 ('lead', %(leads)s, 'lead', 1), ('owner', %(leads)s, 'lead', 1),
                 ('executive', %(executives)s, 'executive', 1), ('quality', %(quality)s, 'quality', 1)
    ) AS a (audience, roles, why, rank) ON m.role = ANY(a.roles)
    WHERE {live}
    UNION ALL
    SELECT c.organisation_id, a.audience, NULL, c.id, NULL, a.why, lower(c.email), 3
    FROM providers_contact c
    JOIN (VALUES ('preparers', 'contact', FALSE), ('lead', 'contact', FALSE), ('owner', 'contact', FALSE),
                 ('executive', 'executive', TRUE)
    ) AS a (audience, why, of_executives) ON (c.kind = 'executive') = a.of_executives
    WHERE c.ended_on IS NULL AND c.email <> '' AND (c.receives_reminders OR a.of_executives)
    UNION ALL
    SELECT o.id, a.audience, NULL, NULL, o.id, 'mailbox', lower(o.mailbox), 4
    FROM providers_organisation o CROSS JOIN (VALUES ('preparers'), ('lead'), ('owner')) AS a (audience)
    WHERE o.mailbox <> ''
  ) AS everybody
  ORDER BY place, audience, address, rank, user_id, contact_id
)"""

# Whose lines another holds, at which place and on which days: as far as the cover carries their role there
# (accounts: MembershipQuerySet.acting says the same to Django).
COVER = """cover AS (
  SELECT DISTINCT v.absent_id, v.covered_by_id, m.organisation_id AS place, m.role = ANY(%(quality)s) AS of_quality,
    greatest(v.starts_on, m.starts_on, n.starts_on) AS starts_on, least(v.ends_on, m.ends_on, n.ends_on) AS ends_on
  FROM accounts_cover v
  JOIN accounts_user u ON u.id = v.covered_by_id AND u.is_active
  JOIN accounts_membership m ON m.user_id = v.absent_id AND m.side = 'commissioner' AND m.confirmed_at IS NOT NULL
  JOIN accounts_membership n ON n.user_id = v.covered_by_id AND n.side = 'commissioner' AND n.confirmed_at IS NOT NULL
    AND (n.organisation_id = m.organisation_id OR (m.role = ANY(%(team)s) AND n.role = %(designated)s))
  WHERE v.ends_on > %(on)s
)"""

# The owner alone while they are still there; otherwise whoever leads. Whoever covers gets a line in
# the other's place, once, whatever else they are there. A circle admits its named people only: its line stays where
# it is when the one who covers is not among them.
LINES = """owned AS (
  SELECT s.*, CASE WHEN s.audience = 'owner' AND s.owner_id IS NOT NULL THEN EXISTS (
    SELECT 1 FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id AND u.is_active
    WHERE m.user_id = s.owner_id AND m.organisation_id = s.organisation_id AND {live}
  ) ELSE FALSE END AS by_owner
  FROM {speaking} s
), addressed AS (
  SELECT s.*, s.owner_id AS user_id, NULL::bigint AS contact_id, NULL::bigint AS mailbox_id, 'owner' AS why
  FROM owned s WHERE s.by_owner
  UNION ALL
  SELECT s.*, d.user_id, d.contact_id, d.mailbox_id, d.why
  FROM owned s JOIN directory d ON d.audience = s.audience
    AND d.place = CASE s.audience WHEN 'quality' THEN s.commissioner_id ELSE s.organisation_id END
  WHERE NOT s.by_owner
), handed AS (
  SELECT DISTINCT ON (s.day, s.id, reader_id, s.contact_id, s.mailbox_id) s.*,
    coalesce(v.covered_by_id, s.user_id) AS reader_id,
    CASE WHEN v.absent_id = s.user_id THEN s.user_id END AS instead_of
  FROM addressed s LEFT JOIN cover v ON v.absent_id = s.user_id AND v.starts_on <= s.day AND v.ends_on > s.day
    AND v.place = CASE s.audience WHEN 'quality' THEN s.commissioner_id ELSE s.organisation_id END
    AND (s.audience <> 'quality' OR v.of_quality)
    AND (s.circle_id IS NULL OR EXISTS (
      SELECT 1 FROM accounts_circlemember n
      WHERE n.circle_id = s.circle_id AND n.user_id = v.covered_by_id AND n.scope = 'whole'
        AND n.starts_on <= s.day AND (n.ends_on IS NULL OR n.ends_on > s.day)))
  ORDER BY s.day, s.id, reader_id, s.contact_id, s.mailbox_id, v.absent_id NULLS FIRST
), line AS (
  SELECT s.* FROM handed s
  WHERE s.circle_id IS NULL OR EXISTS (
    SELECT 1 FROM accounts_circlemember n
    WHERE n.circle_id = s.circle_id AND n.user_id = s.reader_id
      AND n.starts_on <= s.day AND (n.ends_on IS NULL OR n.ends_on > s.day)
      AND (n.scope = 'whole' OR EXISTS (
        SELECT 1 FROM accounts_membership m
        WHERE m.user_id = n.user_id AND m.organisation_id = s.organisation_id AND {live}))
  )
)"""

WRITTEN = """written AS (
  INSERT INTO chasing_notice (chase_id, to_user_id, to_contact_id, to_organisation_id, instead_of_id, why,
    dropped_because)
  SELECT chase_id, reader_id, contact_id, mailbox_id, instead_of, why, '' FROM line
  ON CONFLICT DO NOTHING
  RETURNING 1
)"""

GATHER = """
SELECT n.to_user_id, n.to_contact_id, n.to_organisation_id, c.commissioner_id, r.letter, min(n.id),
  CASE WHEN min(c.organisation_id) = max(c.organisation_id) THEN min(c.organisation_id) END,
  CASE WHEN min(c.circle_id) = max(c.circle_id) AND bool_and(c.circle_id IS NOT NULL) THEN min(c.circle_id) END
FROM chasing_notice n JOIN chasing_chase c ON c.id = n.chase_id JOIN chasing_rung r ON r.id = c.rung_id
WHERE n.letter_id IS NULL AND n.dropped_at IS NULL
GROUP BY 1, 2, 3, 4, 5 ORDER BY 6
"""

ENCLOSE = """
UPDATE chasing_notice n SET letter_id = l.id
FROM chasing_letter l, chasing_chase c, chasing_rung r
WHERE n.letter_id IS NULL AND n.dropped_at IS NULL AND c.id = n.chase_id AND r.id = c.rung_id
  AND l.id = ANY(%(letters)s) AND l.kind = r.letter AND l.commissioner_id = c.commissioner_id
  AND coalesce(l.to_user_id, 0) = coalesce(n.to_user_id, 0)
  AND coalesce(l.to_contact_id, 0) = coalesce(n.to_contact_id, 0)
  AND coalesce(l.to_organisation_id, 0) = coalesce(n.to_organisation_id, 0)
"""

COUNTS = """
SELECT count(*) FILTER (WHERE outcome = 'reminded'), count(*) FILTER (WHERE outcome = 'proposed'),
  count(*) FILTER (WHERE outcome = 'skipped'), (SELECT count(*) FROM written)
FROM made
"""

PREVIEW = """
SELECT r.id, r.reference, r.title, r.commissioner_id, r.organisation_id, r.circle_id, r.due_on, r.day, r."offset",
  r.audience, r.proposes, l.reader_id, l.contact_id, l.mailbox_id, l.why, l.instead_of
FROM reached r LEFT JOIN line l ON l.id = r.id AND l.day = r.day
ORDER BY r.day, r.due_on, r.id, l.reader_id, l.contact_id, l.mailbox_id
"""
