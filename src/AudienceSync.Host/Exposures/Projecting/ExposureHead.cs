namespace AudienceSync.Host.Exposures.Projecting;

/// <summary>Where the exposure log ends.</summary>
/// <param name="Position">Of the last row.</param>
/// <param name="SpellId">The number of the last spell.</param>
/// <param name="RecordedAt">Of the last row; no later row has an earlier one.</param>
internal readonly record struct ExposureHead(long Position, long SpellId, DateTimeOffset RecordedAt);

/// <summary>How far a stream was read.</summary>
/// <param name="Stream"><see cref="ExposureCursor.Log"/>, or that of a destination.</param>
/// <param name="Position">The last number that was read.</param>
/// <param name="Since">Nothing behind it was recorded earlier.</param>
internal readonly record struct ExposureCursor(string Stream, long Position, DateTimeOffset Since)
{
    public const string Log = "log";

    public static string DeliveriesOf(string destination) => "deliveries/" + destination;
}

/// <summary>A version that takes over the members of another.</summary>
/// <param name="KeyId">It.</param>
/// <param name="FromKey">The other.</param>
/// <param name="At">When it was published.</param>
/// <param name="Place">The last person who was gone through.</param>
internal readonly record struct ExposureTakeover(int KeyId, int FromKey, DateTimeOffset At, Guid Place);
