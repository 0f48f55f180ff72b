namespace AudienceSync.Host.Projection.Rebuilding;

/// <summary>The state of a generation of the membership projection.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Kind">rebuild or undo.</param>
/// <param name="KeyId">Only this key's rows; null for all.</param>
/// <param name="Phase">filling, following, live or dropped.</param>
/// <param name="Layout">The last schema file applied when it was created.</param>
public sealed record Generation(long Number, string Kind, int? KeyId, string Phase, string Layout)
{
    /// <summary>Events read so far, of <see cref="Head"/>.</summary>
    public long Position { get; init; }

    public long Head { get; init; }

    public GenerationNumbers Numbers { get; init; }

    public long Rows { get; init; }

    public long Checksum { get; init; }

    /// <summary>How the live generation differed, by kind, as JSON.</summary>
    public string Drift { get; init; } = "{}";

    public long Rechecked { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>The number ranges of a generation. See Projection/Rebuilding/Rebuild.cs.</summary>
/// <param name="Seen">Live rows up to this number were compared while filling.</param>
/// <param name="Base">Numbers above it are the generation's own.</param>
/// <param name="Filled">The last number assigned while filling.</param>
public readonly record struct GenerationNumbers(long Seen, long Base, long Filled);
