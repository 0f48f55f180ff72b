-- Wolverine's own tables: which Hosts run, who does which work, durable messages, and messages that failed for good. Wolverine compares
-- them with its model at every start and refuses to run with others, so an upgrade that changes its model comes with a file like this one.
-- They are applied here and not by Wolverine, because the role under which the process works may create nothing.
create table wolverine_outgoing_envelopes (
  id            uuid                      not null,
  owner_id      integer                   not null,
  destination   varchar                   not null,
  deliver_by    timestamp with time zone  null,
  body          bytea                     not null,
  attempts      integer                   null default 0,
  message_type  varchar                   not null,
  constraint pkey_wolverine_outgoing_envelopes_id primary key (id)
);
create index idx_wolverine_outgoing_envelopes_owner on wolverine_outgoing_envelopes using btree (owner_id) where (owner_id <> 0);
create index idx_wolverine_outgoing_envelopes_recover on wolverine_outgoing_envelopes using btree (destination) where (owner_id = 0);

create table wolverine_incoming_envelopes (
  id              uuid                      not null,
  status          varchar                   not null,
  owner_id        integer                   not null,
  execution_time  timestamp with time zone  null default null,
  attempts        integer                   null default 0,
  body            bytea                     not null,
  message_type    varchar                   not null,
  received_at     varchar                   null,
  keep_until      timestamp with time zone  null,
  constraint pkey_wolverine_incoming_envelopes_id primary key (id)
);
create index idx_wolverine_incoming_envelopes_owner on wolverine_incoming_envelopes using btree (owner_id) where (owner_id <> 0);
create index idx_wolverine_incoming_envelopes_recover
  on wolverine_incoming_envelopes using btree (received_at) where (status = 'Incoming' AND owner_id = 0);
create index idx_wolverine_incoming_envelopes_keep_until
  on wolverine_incoming_envelopes using btree (keep_until) where (status = 'Handled');
create index idx_wolverine_incoming_envelopes_scheduled
  on wolverine_incoming_envelopes using btree (execution_time) where (status = 'Scheduled');

create table wolverine_dead_letters (
  id                 uuid                      not null,
  execution_time     timestamp with time zone  null default null,
  body               bytea                     not null,
  message_type       varchar                   not null,
  received_at        varchar                   null,
  source             varchar                   null,
  exception_type     varchar                   null,
  exception_message  varchar                   null,
  sent_at            timestamp with time zone  null,
  replayable         boolean                   null,
  failure_group      varchar(100)              null,
  failure_title      varchar(500)              null,
  failed_at          timestamp with time zone  null,
  first_failed_at    timestamp with time zone  null,
  replay_count       integer                   null,
  last_replayed_at   timestamp with time zone  null,
  archived_at        timestamp with time zone  null,
  constraint pkey_wolverine_dead_letters_id primary key (id)
);
create index idx_wolverine_dead_letters_replayable on wolverine_dead_letters using btree (replayable) where (replayable = true);
create index idx_wolverine_dead_letters_failure_group on wolverine_dead_letters using btree (failure_group);

create table wolverine_dead_letter_history (
  id                uuid                      not null,
  replay_count      integer                   null,
  last_replayed_at  timestamp with time zone  null,
  first_failed_at   timestamp with time zone  null,
  constraint pkey_wolverine_dead_letter_history_id primary key (id)
);
create index idx_wolverine_dead_letter_history_last_replayed_at on wolverine_dead_letter_history using btree (last_replayed_at);

create table wolverine_nodes (
  id            uuid                      not null,
  node_number   serial                    not null,
  description   varchar                   not null,
  uri           varchar                   not null,
  started       timestamp with time zone  not null default now(),
  health_check  timestamp with time zone  not null default now(),
  version       varchar                   null,
  capabilities  text[]                    null,
  constraint pkey_wolverine_nodes_id primary key (id)
);

create table wolverine_node_assignments (
  id       varchar                   not null,
  node_id  uuid                      null,
  started  timestamp with time zone  not null default now(),
  constraint pkey_wolverine_node_assignments_id primary key (id),
  constraint fkey_wolverine_node_assignments_node_id foreign key (node_id) references wolverine_nodes (id) on delete cascade
);

create table wolverine_control_queue (
  id            uuid                      not null,
  message_type  varchar                   not null,
  node_id       uuid                      not null,
  body          bytea                     not null,
  posted        timestamp with time zone  not null default now(),
  expires       timestamp with time zone  null,
  constraint pkey_wolverine_control_queue_id primary key (id)
);

create table wolverine_node_records (
  id           serial                    not null,
  node_number  integer                   not null,
  event_name   varchar                   not null,
  timestamp    timestamp with time zone  not null default now(),
  description  varchar                   null,
  constraint pkey_wolverine_node_records_id primary key (id)
);

create table wolverine_agent_restrictions (
  id    uuid     not null,
  uri   varchar  not null,
  type  varchar  not null,
  node  integer  not null default 0,
  constraint pkey_wolverine_agent_restrictions_id primary key (id)
);

grant usage on schema ${schema} to ${app_role};
grant select, insert, update, delete on wolverine_outgoing_envelopes, wolverine_incoming_envelopes, wolverine_dead_letters,
  wolverine_dead_letter_history, wolverine_nodes, wolverine_node_assignments, wolverine_control_queue, wolverine_node_records,
  wolverine_agent_restrictions to ${app_role};
grant usage, select on sequence wolverine_nodes_node_number_seq, wolverine_node_records_id_seq to ${app_role};
