-- What the role under which the process works may do, table by table: it owns nothing, so it can neither drop nor alter, and the migrator
-- alone is the owner. What is not granted here is refused by the database, not by convention. A later file grants what its own tables need,
-- and MartenSchema.cs what Marten adds. tests/AudienceSync.Host.Tests/Storage/Rights.txt is the sum.
grant usage on schema ${schema} to ${app_role};
grant select on schema_versions, generations to ${app_role};

-- Only extended: the log, bodies' signatures, receipts and what was sent. Old partitions are dropped by the owner's functions.
grant select, insert on mt_events, request_signatures, tombstones, erasure_removals, deliveries, call_exchanges to ${app_role};

-- The terms of a key never change: a key is retired, and takes over its predecessor's members, nothing else.
grant select, insert on audience_keys to ${app_role};
grant update (retired_at, inherit_place, inherit_done) on audience_keys to ${app_role};

-- Kept forever, because something else depends on the row.
grant select, insert, update on mt_streams, wrapped_secrets, key_rotations, source_counts, drains, key_hours, accounts, bindings, pauses,
  cutovers, removal_plans, resyncs, refreshes, erasures, erasure_accounts to ${app_role};

-- Never changed, and gone with the person or the last list that holds them.
grant select, insert, delete on delivered_cells to ${app_role};

grant select, insert, update, delete on mt_event_progression, mt_high_water_skips, leases, people, person_aliases, vault, link_stops,
  raw_bodies, quarantine, audiences, membership, projection_counts, person_links, person_permissions, budgets, ledger,
  residual_deliveries, runs, calls, jobs, removal_latencies to ${app_role};

grant usage, select on sequence mt_events_sequence, audience_keys_key_id_seq, bindings_binding_id_seq, calls_call_id_seq, jobs_job_id_seq,
  runs_run_id_seq, delivery_ids to ${app_role};
