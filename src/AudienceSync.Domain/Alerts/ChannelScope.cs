namespace AudienceSync.Domain.Alerts;

/// <summary>Whose incidents a channel gets: those of the owners who reserved it, or everything that goes to the common channels.</summary>
/// <param name="Owners">The owners who reserved it; for a common channel those who have channels of their own.</param>
/// <param name="IsReserved">Whether it gets theirs and nothing else; otherwise everything but theirs.</param>
public sealed record ChannelScope(IReadOnlyList<string> Owners, bool IsReserved)
{
    public static ChannelScope Of(string channel, AlertSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var own = settings.Owners.Where(owner => owner.Channels.Contains(channel, StringComparer.Ordinal)).ToList();
        return own.Count > 0
            ? new ChannelScope([.. own.Select(owner => owner.Name)], IsReserved: true)
            : new ChannelScope(
                [.. settings.Owners.Where(owner => owner.Channels.Count > 0).Select(owner => owner.Name)],
                IsReserved: false
            );
    }

    /// <param name="owner">Who is responsible; null for everybody.</param>
    public bool Has(string? owner) => (owner is not null && Owners.Contains(owner, StringComparer.Ordinal)) == IsReserved;
}
