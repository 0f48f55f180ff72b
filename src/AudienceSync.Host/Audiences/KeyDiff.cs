using AudienceSync.Domain.Audiences;
using AudienceSync.Host.Audiences.Diff;
using AudienceSync.Host.Audiences.Registry;
using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.Audiences;

/// <summary>The members that would enter and leave if the second key fed what the first feeds.</summary>
public sealed record KeyDiff(string From, string To, KeyDifference Members, IReadOnlyList<RemoteDifference> Remotes)
{
    /// <exception cref="RegistryException">unknown_audience_key, audience_name_invalid: a key is not published, or the two are of different
    /// audiences.</exception>
    public static async Task<KeyDiff> ReadAsync(
        WorkspaceDatabase database,
        AudienceKey from,
        AudienceKey to,
        CancellationToken cancellationToken
    )
    {
        var queries = new KeyDiffQueries(database);
        var (one, other) = await KeyIdsAsync(queries, from, to, cancellationToken);
        return new KeyDiff(
            from.Value,
            to.Value,
            await queries.CountAsync(one, other, cancellationToken),
            await queries.RemotesAsync(one, other, cancellationToken)
        );
    }

    /// <summary>Writes <c>person,change</c> for every member that would enter or leave.</summary>
    /// <exception cref="RegistryException">As <see cref="ReadAsync"/>.</exception>
    public static async Task WritePeopleAsync(
        WorkspaceDatabase database,
        AudienceKey from,
        AudienceKey to,
        TextWriter file,
        CancellationToken cancellationToken
    )
    {
        var queries = new KeyDiffQueries(database);
        var (one, other) = await KeyIdsAsync(queries, from, to, cancellationToken);
        await file.WriteLineAsync("person,change");
        await foreach (var (person, enters) in queries.PeopleAsync(one, other, cancellationToken))
        {
            await file.WriteLineAsync($"{person},{(enters ? "enters" : "leaves")}");
        }
    }

    private static async Task<(int From, int To)> KeyIdsAsync(
        KeyDiffQueries queries,
        AudienceKey from,
        AudienceKey to,
        CancellationToken cancellationToken
    )
    {
        if (!string.Equals(from.Audience, to.Audience, StringComparison.Ordinal))
        {
            throw new RegistryException(AudienceRefusal.NameInvalid);
        }

        return (await KeyIdAsync(queries, from, cancellationToken), await KeyIdAsync(queries, to, cancellationToken));
    }

    private static async Task<int> KeyIdAsync(KeyDiffQueries queries, AudienceKey key, CancellationToken cancellationToken) =>
        await queries.KeyIdAsync(key, cancellationToken)
        ?? throw new RegistryException(AudienceRefusal.KeyUnknown(key.Audience, key.Version));
}
