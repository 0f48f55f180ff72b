namespace AudienceSync.Host.Storage.Syncing;

/// <summary>A binding as it is declared.</summary>
public sealed record DeclaredBinding(string Audience, string Destination, string Remote, int KeyId);

/// <summary>
/// Makes accounts and bindings what the configuration declares. A new start is also how a human says that he has mended what stopped an
/// account, so stops are lifted here.
/// </summary>
public sealed class BindingTable(WorkspaceDatabase database)
{
    private const string AccountSql = """
        insert into accounts (destination, platform, consent_required) values ($1, $2, $3)
        on conflict (destination) do update set platform = excluded.platform, consent_required = excluded.consent_required, stopped_code = null, updated_at = now()
        """;

    // What a destination demands of consent decides over every present member of it.
    private const string ConsentSql = """
        update bindings b set add_pos = 0 from accounts a
        where a.destination = $1 and b.destination = a.destination and a.consent_required <> $2
        """;

    private const string BindingSql = """
        insert into bindings (audience, destination, remote, key_id) values ($1, $2, $3, $4)
        on conflict (destination, remote) do update set stopped_code = null, removal_next_at = null, removal_attempts = 0,
          add_next_at = null, add_attempts = 0
        where bindings.key_id = excluded.key_id
        """;

    private const string WithdrawSql = """
        update bindings b set stopped_code = 'not_declared'
        where not exists (select from unnest($1::text[], $2::text[]) as d(destination, remote) where d.destination = b.destination and d.remote = b.remote)
        """;

    private const string ResumeSql = """
        with resumed as (update accounts set stopped_code = null, blocked_until = null, updated_at = now() where destination = $1 returning destination)
        update bindings b set stopped_code = null, removal_next_at = null, removal_attempts = 0, add_next_at = null, add_attempts = 0 from resumed r where b.destination = r.destination
        """;

    public async Task DeclareAccountAsync(string destination, string platform, bool consentRequired, CancellationToken cancellationToken)
    {
        await using var look = Sql.Command(database.Hot, ConsentSql, Sql.Of(destination), Sql.Of(consentRequired));
        await look.ExecuteNonQueryAsync(cancellationToken);
        await using var command = Sql.Command(database.Hot, AccountSql, Sql.Of(destination), Sql.Of(platform), Sql.Of(consentRequired));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <returns>False when this remote audience is fed by another key: that is a promotion, not a declaration.</returns>
    public async Task<bool> DeclareBindingAsync(DeclaredBinding binding, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(
            database.Hot, BindingSql, Sql.Of(binding.Audience), Sql.Of(binding.Destination), Sql.Of(binding.Remote), Sql.Of(binding.KeyId));
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>Stops feeding what the configuration no longer declares. What was delivered stays delivered, and known.</summary>
    public async Task WithdrawOthersAsync(IReadOnlyList<DeclaredBinding> declared, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(
            database.Query, WithdrawSql, Sql.Of(declared.Select(b => b.Destination).ToList()), Sql.Of(declared.Select(b => b.Remote).ToList()));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <returns>How many bindings may be worked on again.</returns>
    public async Task<int> ResumeAsync(string destination, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Hot, ResumeSql, Sql.Of(destination));
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
