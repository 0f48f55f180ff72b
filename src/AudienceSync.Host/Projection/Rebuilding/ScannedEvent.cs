using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Projection.Rebuilding;

/// <summary>
/// The current event while the log is read; its spans are valid until the next event. For an add or a remove, which nearly all events are,
/// only key, time and consent are read: a fold needs no more, and the journey context would be most of the bytes.
/// </summary>
public readonly ref struct ScannedEvent
{
    /// <summary>The columns, in the order of the properties.</summary>
    internal const string Columns = $"""
        seq_id, stream_id, type, data ->> 'audienceKey', data ->> 'occurredAt', data -> 'consent',
        case when type in ('{EventTypes.MemberAdded}', '{EventTypes.MemberRemoved}') then null else data end
        """;

    private readonly CopyTuples _tuple;

    internal ScannedEvent(CopyTuples tuple) => _tuple = tuple;

    public long Position => _tuple.Int64(0);

    public PersonId Person => new(_tuple.Uuid(1));

    public ReadOnlySpan<byte> Type => _tuple.Bytes(2);

    /// <summary>Empty when the event has none.</summary>
    public ReadOnlySpan<byte> AudienceKey => _tuple.IsNull(3) ? default : _tuple.Bytes(3);

    /// <summary>The sender's time as it is stored, ISO 8601. Empty when the event has none.</summary>
    public ReadOnlySpan<byte> OccurredAt => _tuple.IsNull(4) ? default : _tuple.Bytes(4);

    /// <summary>Its consent, as JSON. Empty when it has none. The first byte of a jsonb is its version.</summary>
    public ReadOnlySpan<byte> Consent => _tuple.IsNull(5) ? default : _tuple.Bytes(5)[1..];

    /// <summary>Whether it is an add or a remove.</summary>
    public bool IsBare => _tuple.IsNull(6);

    /// <summary>The whole event as JSON. Not available for a bare event.</summary>
    public ReadOnlySpan<byte> Data => _tuple.Bytes(6)[1..];
}
