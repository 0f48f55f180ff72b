using System.Text;
using AudienceSync.Domain.Events;

namespace AudienceSync.Host.Storage.Membership;

/// <summary>The registry's own string for an alias read from the log, so that the fold compares references and the reader's copy dies young.</summary>
internal static class EventAlias
{
    private static readonly Dictionary<string, string> Known =
        EventTypes.ByAlias.Keys.ToDictionary(alias => alias, alias => alias, StringComparer.Ordinal);

    private static readonly HashSet<string> Registry =
        [.. EventTypes.ByAlias.Where(type => typeof(IRegistryEvent).IsAssignableFrom(type.Value)).Select(type => type.Key)];

    /// <summary>Whether it is an event of an audience's stream.</summary>
    public static bool IsOfRegistry(string alias) => Registry.Contains(alias);

    public static string Of(string alias) => Known.GetValueOrDefault(alias, alias);

    /// <summary>As it comes from a COPY. The two that most events are cost no string.</summary>
    public static string Of(ReadOnlySpan<byte> utf8) =>
        utf8.SequenceEqual("audience_member_added"u8) ? EventTypes.MemberAdded
        : utf8.SequenceEqual("audience_member_removed"u8) ? EventTypes.MemberRemoved
        : Of(Encoding.UTF8.GetString(utf8));
}
