using AudienceSync.Domain.Identity;
using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Privacy;

/// <summary>
/// Finds people who are known by a form that an older reader of persons made, until <c>people realias</c> has replaced it.
/// <para>
/// <b>Why the vault decides.</b> An older form is a guess: <c>2079460958</c> from London and <c>+20 79460958</c> from Cairo have the same
/// digits. So an alias counts only when an older reader made it, and when the text from which it was made is read today as the identifier
/// in question is. Otherwise one person would be shown, or erased, in place of another.
/// </para>
/// </summary>
public sealed class OlderAliasQueries(WorkspaceDatabase database, Vault vault, AliasDigester digester)
{
    private static readonly string HoldersSql = $"""
        select a.digest, a.kind, p.person, p.revision, p.salt, v.key_version, v.cipher
        from unnest($1::uuid[]) as d(digest)
        cross join lateral (
          select r.* from person_aliases r
          where r.digest = d.digest and r.kind <> 1 and r.parser < {IdentifierReader.ParserVersion} limit 1) a
        cross join lateral (values (a.anchor), (a.owner)) as x(person)
        cross join lateral (select r.* from people r where r.person = x.person limit 1) p
        cross join lateral (select r.* from vault r where r.person = p.person and r.revision = p.revision limit 1) v
        """;

    /// <summary>The older aliases of some identifiers that are stored; none as soon as nothing of an older reader is left.</summary>
    public async Task<IReadOnlyList<Alias>> FindAsync(PersonIdentifiers person, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(person);
        var today = TodayOf(person);
        var forms = OlderForms.Of(person, digester).Except(today.Values.OfType<Alias>()).Select(alias => alias.Digest.Value).ToList();
        if (forms.Count == 0)
        {
            return [];
        }

        var found = new HashSet<Alias>();
        await using var command = Sql.Command(database.Query, HoldersSql, Sql.Of(forms));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var alias = new Alias((IdentifierKind)reader.GetInt16(1), new AliasDigest(reader.GetGuid(0)));
            if (today.TryGetValue(alias.Kind, out var current) && IsMadeOf(alias, current, reader))
            {
                found.Add(alias);
            }
        }

        return [.. found];
    }

    // By kind, what is given of it; null for a text that is no identifier today, and may have been one.
    private Dictionary<IdentifierKind, Alias?> TodayOf(PersonIdentifiers person)
    {
        var today = new Dictionary<IdentifierKind, Alias?>();
        foreach (var (kind, text) in new[] { (IdentifierKind.Email, person.Email), (IdentifierKind.Phone, person.Phone) })
        {
            if (text is not null)
            {
                today[kind] = AliasText.Of(person, kind) is { } form ? digester.Digest(kind, form) : null;
            }
        }

        return today;
    }

    private bool IsMadeOf(Alias older, Alias? current, NpgsqlDataReader reader)
    {
        var (person, revision, salt) = (new PersonId(reader.GetGuid(2)), reader.GetInt32(3), reader.GetFieldValue<byte[]>(4));
        return vault.TryOpen(person, revision, reader.GetInt16(5), salt, reader.GetFieldValue<byte[]>(6)) is { } opened
            && opened.Own.Addresses.Any(claim => claim.Address == older && OlderForms.Reread(claim, digester)?.Address == current);
    }
}
