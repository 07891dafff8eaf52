-- Each function takes the body as text, bytea or jsonb.
DO $do$
DECLARE
    body text;
    name text;
    result text;
    more text;
    how text;
BEGIN
    FOREACH body IN ARRAY ARRAY['text', 'bytea', 'jsonb'] LOOP
        FOR name, more, result, how IN VALUES
            ('tokusage', '', 'jsonb', 'tokusage_of'),
            ('tokusage_count', ', text', 'bigint', 'tokusage_count_of'),
            ('tokusage_model', '', 'text', 'tokusage_model_of'),
            ('tokusage_verdict', '', 'text', 'tokusage_verdict_of'),
            ('tokusage_cost', ', text', 'bigint', 'tokusage_cost_of') LOOP
            IF body = 'jsonb' THEN
                how := format('BEGIN ATOMIC SELECT %I($1::text%s); END', name,
                    CASE more WHEN '' THEN '' ELSE ', $2' END);
            ELSE
                how := format('AS ''MODULE_PATHNAME'', %L', how);
            END IF;
            EXECUTE format('CREATE FUNCTION %I(%s%s) RETURNS %s IMMUTABLE STRICT PARALLEL SAFE LANGUAGE %s %s',
                name, body, more, result, CASE body WHEN 'jsonb' THEN 'sql' ELSE 'c' END, how);
        END LOOP;
    END LOOP;
END
$do$;

CREATE FUNCTION tokusage_sum_step(bytea, text) RETURNS bytea IMMUTABLE PARALLEL SAFE LANGUAGE c AS 'MODULE_PATHNAME';
CREATE FUNCTION tokusage_sum_step(bytea, bytea) RETURNS bytea IMMUTABLE PARALLEL SAFE LANGUAGE c AS 'MODULE_PATHNAME';
CREATE FUNCTION tokusage_sum_step(bytea, jsonb) RETURNS bytea IMMUTABLE PARALLEL SAFE LANGUAGE sql
    BEGIN ATOMIC SELECT tokusage_sum_step($1, $2::text); END;
CREATE FUNCTION tokusage_sum_combine(bytea, bytea) RETURNS bytea IMMUTABLE PARALLEL SAFE LANGUAGE c
    AS 'MODULE_PATHNAME';
CREATE FUNCTION tokusage_sum_end(bytea) RETURNS jsonb IMMUTABLE PARALLEL SAFE LANGUAGE c AS 'MODULE_PATHNAME';

DO $do$
DECLARE
    body text;
BEGIN
    FOREACH body IN ARRAY ARRAY['text', 'bytea', 'jsonb'] LOOP
        EXECUTE format('CREATE AGGREGATE tokusage_sum(%s) (SFUNC = tokusage_sum_step, STYPE = bytea,
            COMBINEFUNC = tokusage_sum_combine, FINALFUNC = tokusage_sum_end, PARALLEL = SAFE)', body);
    END LOOP;
END
$do$;
