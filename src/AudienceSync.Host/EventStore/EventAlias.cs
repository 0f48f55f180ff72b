using System.Text;
using AudienceSync.Domain.Events;

namespace AudienceSync.Host.EventStore;

/// <summary>
/// Maps an alias read from the log to the one string instance of <see cref="EventTypes"/>, so that the fold compares references and the
/// reader's copy is collected early.
/// </summary>
internal static class EventAlias
{
    private static readonly Dictionary<string, string> Known = EventTypes.ByAlias.Keys.ToDictionary(
        alias => alias,
        alias => alias,
        StringComparer.Ordinal
    );

    private static readonly HashSet<string> Registry =
    [
        .. EventTypes.ByAlias.Where(type => typeof(IRegistryEvent).IsAssignableFrom(type.Value)).Select(type => type.Key),
    ];

    /// <summary>Whether it is an event of an audience stream.</summary>
    public static bool IsOfRegistry(string alias) => Registry.Contains(alias);

    public static string Of(string alias) => Known.GetValueOrDefault(alias, alias);

    /// <summary>From the bytes of a COPY. The aliases of the two most frequent events allocate no string.</summary>
    public static string Of(ReadOnlySpan<byte> utf8) =>
        utf8.SequenceEqual("audience_member_added"u8) ? EventTypes.MemberAdded
        : utf8.SequenceEqual("audience_member_removed"u8) ? EventTypes.MemberRemoved
        : Of(Encoding.UTF8.GetString(utf8));
}
