using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Tests.Identity;

/// <summary>
/// Identity resolution by brute force: the list of all statements, read from the start for every query. It has no rows, no links and
/// no order of arrival.
/// </summary>
internal sealed class IdentityOracle(IReadOnlyList<Statement> statement)
{
    /// <summary>The identifiers that webhooks had as anchors.</summary>
    public IEnumerable<Alias> Anchors => statement.Select(statement => statement.Anchor).Distinct();

    /// <summary>The root identifier of a person.</summary>
    public Alias RootOf(Alias alias)
    {
        var claims = statement.Where(statement => statement.Anchor != alias && statement.Aliases.Contains(alias)).ToList();
        return claims.Count == 0
            ? alias
            : RootOf(
                claims
                    .OrderBy(claim => claim.Anchor.Kind)
                    .ThenByDescending(claim => claim.At)
                    .ThenByDescending(claim => claim.Anchor.Digest.Value)
                    .First()
                    .Anchor
            );
    }

    /// <summary>The address of a kind by which a root is reached; null when there is none.</summary>
    public string? ReachedBy(Alias root, IdentifierKind kind) =>
        statement
            .Where(statement => RootOf(statement.Anchor) == root)
            .SelectMany(statement =>
                statement.Aliases.Where(alias => alias.Kind == kind && RootOf(alias) == root).Select(alias => (statement, alias))
            )
            .OrderByDescending(pair => pair.statement.At)
            .ThenByDescending(pair => pair.alias.Digest.Value)
            .Select(pair => kind == IdentifierKind.Email ? pair.statement.Identifiers.Email : pair.statement.Identifiers.Phone)
            .FirstOrDefault();
}
