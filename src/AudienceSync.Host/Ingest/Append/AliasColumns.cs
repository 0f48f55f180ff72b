using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Ingest.Append;

/// <summary>Rows of aliases by column, in the form that the array insert and the array update take.</summary>
internal sealed class AliasColumns
{
    public List<Guid> Digests { get; } = [];

    public List<short> Kinds { get; } = [];

    public List<Guid?> Anchors { get; } = [];

    public List<Guid?> Owners { get; } = [];

    public List<DateTime?> ClaimedAt { get; } = [];

    public void Clear()
    {
        Digests.Clear();
        Kinds.Clear();
        Anchors.Clear();
        Owners.Clear();
        ClaimedAt.Clear();
    }

    public void Add(AliasBinding binding)
    {
        Digests.Add(binding.Alias.Digest.Value);
        Kinds.Add((short)binding.Alias.Kind);
        Anchors.Add(binding.Anchor?.Value);
        Owners.Add(binding.Owner?.Value);
        ClaimedAt.Add(binding.Owner is null ? null : binding.ClaimedAt.UtcDateTime);
    }
}
