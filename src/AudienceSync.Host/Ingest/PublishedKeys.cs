using System.Collections.Frozen;

namespace AudienceSync.Host.Ingest;

/// <summary>The audience keys a workspace has published, as ingest asks for them: one lookup, no lock.</summary>
public sealed class PublishedKeys
{
    private volatile FrozenSet<string> _keys = FrozenSet<string>.Empty;

    public bool Contains(string audienceKey) => _keys.Contains(audienceKey);

    public void Replace(IEnumerable<string> keys) => _keys = keys.ToFrozenSet(StringComparer.Ordinal);
}
