using AudienceSync.Domain.Audiences;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Sync.Ledger;

namespace AudienceSync.Host.Sync;

/// <summary>
/// Brings accounts in line with the configuration. A new start is also how an operator confirms that the cause of a stopped account is
/// repaired, so stops are lifted here; pauses are not. The audience registry determines which key feeds a binding.
/// </summary>
public sealed class BindingStore(WorkspaceDatabase database)
{
    private const string AccountSql = """
        insert into accounts (destination, platform, consent_required) values ($1, $2, $3)
        on conflict (destination) do update set platform = excluded.platform, consent_required = excluded.consent_required,
          stopped_code = null,
          blocked_until = case when accounts.blocked_code = 'google_validate_only' then null else accounts.blocked_until end,
            updated_at = now()
        """;

    // The consent that a destination requires affects every present member of it.
    private const string ConsentSql = """
        update bindings b set add_pos = 0 from accounts a
        where a.destination = $1 and b.destination = a.destination and a.consent_required <> $2
        """;

    private const string LiftSql = """
        update bindings b set stopped_code = case when a.paused then 'paused' end,
          removal_next_at = null, removal_attempts = 0, add_next_at = null, add_attempts = 0, removal_failing_since = null,
            add_failing_since = null
        from unnest($1::text[], $2::text[]) as d(destination, remote), audiences a
        where b.destination = d.destination and b.remote = d.remote and a.audience = b.audience and b.bound
        """;

    // A wait that the platform requested stays in force: an operator has repaired something here, not there.
    private const string ResumeSql = """
        with resumed as (update accounts set stopped_code = null, updated_at = now() where destination = $1 returning destination)
        update bindings b set stopped_code = case when a.paused then 'paused' end, removal_next_at = null, removal_attempts = 0,
          add_next_at = null, add_attempts = 0,
          removal_unknowns = 0, add_unknowns = 0, removal_failing_since = null, add_failing_since = null
        from resumed r, audiences a where b.destination = r.destination and a.audience = b.audience and b.bound
        """;

    private const string RetrySql = $"""
        update ledger l set {RetryMarkSql.Set} from bindings b where b.destination = $1 and l.binding_id = b.binding_id and l.job_id is null
          and (l.status in (4, 5) or (l.status {TargetingSql.MayBeThere} and l.reason is not null))
        """;

    // A residual delivery that waits for the end of a lost call's time keeps waiting: if processed earlier, the call could still be carried
    // out afterwards.
    private const string RetryResidualsSql = """
        update residual_deliveries r set try_at = to_timestamp(0) from bindings b where b.destination = $1 and r.binding_id = b.binding_id
          and r.kind = 1
        """;

    /// <summary>
    /// Sends once more: members that the platform refused, members that are in doubt because jobs or removals of theirs failed, and
    /// residual deliveries.
    /// </summary>
    /// <returns>How many members.</returns>
    public async Task<int> RetryRefusedAsync(string destination, CancellationToken cancellationToken)
    {
        await using var residuals = Sql.Command(database.Query, RetryResidualsSql, Sql.Of(destination));
        await residuals.ExecuteNonQueryAsync(cancellationToken);
        await using var command = Sql.Command(database.Query, RetrySql, Sql.Of(destination));
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task DeclareAccountAsync(string destination, string platform, bool consentRequired, CancellationToken cancellationToken)
    {
        await using var restart = Sql.Command(database.Hot, ConsentSql, Sql.Of(destination), Sql.Of(consentRequired));
        await restart.ExecuteNonQueryAsync(cancellationToken);
        await using var command = Sql.Command(database.Hot, AccountSql, Sql.Of(destination), Sql.Of(platform), Sql.Of(consentRequired));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>A start confirms that the causes of these stops are repaired.</summary>
    public async Task LiftStopsAsync(IReadOnlyList<RemoteAudience> remotes, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(
            database.Hot,
            LiftSql,
            Sql.Of(remotes.Select(r => r.Destination).ToList()),
            Sql.Of(remotes.Select(r => r.Remote).ToList())
        );
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <returns>How many bindings may be worked on again.</returns>
    public async Task<int> ResumeAsync(string destination, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Hot, ResumeSql, Sql.Of(destination));
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
