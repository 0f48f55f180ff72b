using AudienceSync.Domain.Events;

namespace AudienceSync.Host.Storage.Membership;

/// <summary>The registry's own string for an alias read from the log, so that the fold compares references and the reader's copy dies young.</summary>
internal static class EventAlias
{
    private static readonly Dictionary<string, string> Known =
        EventTypes.ByAlias.Keys.ToDictionary(alias => alias, alias => alias, StringComparer.Ordinal);

    public static string Of(string alias) => Known.GetValueOrDefault(alias, alias);
}
