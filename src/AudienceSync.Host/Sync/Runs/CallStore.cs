using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Sync.Lanes;
using Npgsql;

namespace AudienceSync.Host.Sync.Runs;

/// <summary>The record of each call, written in the transaction of its outcome.</summary>
internal static class CallStore
{
    private const string CallSql = """
        insert into calls (binding_id, fence, operation, members, refused, outcome, code, http_status, request_id, sent_at, latency_ms,
          kind, run_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, (select r.run_id from runs r where r.binding_id = $1 and r.lane = $13
          and r.ended_at is null))
        """;

    private const string ExchangeSql =
        "insert into call_exchanges (call_id, at, key_version, cipher) values (currval('calls_call_id_seq'), $1, $2, $3)";

    public static IEnumerable<NpgsqlBatchCommand> Write(Lease lease, Binding binding, Lane lane, CallRecord call)
    {
        yield return Sql.Command(
            CallSql,
            Sql.Of(binding.BindingId),
            Sql.Of(lease.Fence),
            Sql.Of((short)call.Operation),
            Sql.Of(call.Members),
            Sql.Of(call.Refused),
            Sql.Of((short)call.Outcome),
            Sql.Of(call.Code),
            Sql.Of(call.HttpStatus),
            Sql.OfNullable(call.RequestId),
            Sql.Of(call.SentAt),
            Sql.Of(call.LatencyMs),
            Sql.Of((short)call.Kind),
            Sql.Of(lane.Number)
        );
        if (call.Exchange is { } exchange)
        {
            yield return Sql.Command(ExchangeSql, Sql.Of(call.SentAt), Sql.Of(exchange.KeyVersion), Sql.Of(exchange.Cipher));
        }
    }
}
