using AudienceSync.Host.EventStore;
using AudienceSync.Host.Sync.Accounts;

namespace AudienceSync.Host.Sync.Holds;

/// <summary>A requested pause.</summary>
/// <param name="Destination">The ad account.</param>
/// <param name="Remote">One remote audience of it; null for the whole account.</param>
/// <param name="By">Who.</param>
/// <param name="Why">The reason, as the operator entered it.</param>
/// <param name="At">When.</param>
public sealed record Pause(string Destination, string? Remote, string By, string? Why, DateTimeOffset At);

/// <summary>
/// Requests of operators for ad accounts, single remote audiences and plans. The host that works on the account reads pauses each time it
/// reads the account (<see cref="AccountStore"/>), so a call under way is completed and none begins after it.
/// </summary>
public sealed class HoldStore(WorkspaceDatabase database)
{
    // The name of the first operator who paused is kept.
    private const string PauseSql = """
        insert into pauses (destination, remote, paused_by, why, paused_at)
        select a.destination, $2, $3, $4, $5 from accounts a where a.destination = $1
          and ($2::text is null or exists (select from bindings b where b.destination = a.destination and b.remote = $2 and b.bound))
        on conflict (destination, coalesce(remote, '')) where resumed_at is null do nothing
        """;

    private const string KnownSql = """
        select exists (select from accounts a where a.destination = $1
          and ($2::text is null or exists (select from bindings b where b.destination = a.destination and b.remote = $2 and b.bound)))
        """;

    private const string ResumeSql = """
        update pauses set resumed_by = $3, resumed_at = $4 where destination = $1 and coalesce(remote, '') = coalesce($2::text, '')
          and resumed_at is null
        """;

    // An operator resumes what rests for whatever reason; a pause of the audience itself belongs to the registry.
    private const string LiftSql = """
        update bindings b set stopped_code = case when a.paused then 'paused' end, removal_next_at = null, removal_attempts = 0,
          add_next_at = null,
          add_attempts = 0, removal_unknowns = 0, add_unknowns = 0, removal_failing_since = null, add_failing_since = null
        from audiences a where b.destination = $1 and b.remote = $2 and a.audience = b.audience and b.bound
        """;

    // A plan whose approval has expired is approved again by the same command; one that has ended is not.
    private const string ApproveSql = """
        update removal_plans set approved_by = $2, approved_why = $3, approved_at = $4, approved_until = $5
          where plan_id = $1 and ended_at is null
        """;

    private const string EndedSql = "select ended_at is not null from removal_plans where plan_id = $1";

    /// <summary>Whether this account exists, and in it this remote audience.</summary>
    public async Task<bool> ExistsAsync(string destination, string? remote, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, KnownSql, Sql.Of(destination), Sql.OfNullable(remote));
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <returns>False when it is paused already, or does not exist.</returns>
    public async Task<bool> PauseAsync(Pause pause, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(
            database.Query,
            PauseSql,
            Sql.Of(pause.Destination),
            Sql.OfNullable(pause.Remote),
            Sql.Of(pause.By),
            Sql.OfNullable(pause.Why),
            Sql.Of(pause.At)
        );
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <returns>False when it was not paused.</returns>
    public async Task<bool> ResumeAsync(
        string destination,
        string? remote,
        string by,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            database.Query,
            ResumeSql,
            Sql.Of(destination),
            Sql.OfNullable(remote),
            Sql.Of(by),
            Sql.Of(now)
        );
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>Lifts what stopped a single remote audience.</summary>
    public async Task LiftAsync(string destination, string remote, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, LiftSql, Sql.Of(destination), Sql.Of(remote));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <returns>False when no such plan is open.</returns>
    public async Task<bool> ApproveAsync(
        long plan,
        string by,
        string? why,
        (DateTimeOffset Now, DateTimeOffset Until) times,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            database.Query,
            ApproveSql,
            Sql.Of(plan),
            Sql.Of(by),
            Sql.OfNullable(why),
            Sql.Of(times.Now),
            Sql.Of(times.Until)
        );
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>Whether a plan has ended; null when it does not exist.</summary>
    public async Task<bool?> HasEndedAsync(long plan, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, EndedSql, Sql.Of(plan));
        return await command.ExecuteScalarAsync(cancellationToken) as bool?;
    }
}
