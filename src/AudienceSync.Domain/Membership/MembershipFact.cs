using System.Text.Json;
using AudienceSync.Domain.Events;

namespace AudienceSync.Domain.Membership;

/// <summary>Which of the two maxima of a <see cref="MembershipState"/> a fact may raise.</summary>
public enum FactKind
{
    Added = 1,
    Removed = 2,
}

/// <summary>An event reduced to membership: a person was added to or removed from a key at a time.</summary>
public readonly record struct MembershipFact(FactKind Kind, string AudienceKey, DateTimeOffset OccurredAt)
{
    private const int LongestTime = 64;

    /// <summary>
    /// Reads only what the fold needs from an event's data, without building the event. False when the event does not affect membership.
    /// </summary>
    public static bool TryRead(string alias, ReadOnlySpan<byte> data, KeyNames names, out MembershipFact fact)
    {
        fact = default;
        if (KindOf(alias) is not { } kind)
        {
            return false;
        }

        string? key = null;
        DateTimeOffset? at = null;
        var json = new Utf8JsonReader(data);
        json.Read();
        while ((key is null || at is null) && json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("audienceKey"u8))
            {
                json.Read();
                key = KeyOf(ref json, names);
            }
            else if (json.ValueTextEquals("occurredAt"u8))
            {
                json.Read();
                at = json.GetDateTimeOffset();
            }
            else
            {
                json.Skip();
            }
        }

        fact = new MembershipFact(
            kind,
            key ?? throw new FormatException("A stored event has no audience key."),
            at ?? throw new FormatException("A stored event has no time.")
        );
        return true;
    }

    /// <summary>The same from its parts.</summary>
    /// <param name="alias">The alias of an add or a remove.</param>
    /// <param name="audienceKey">Its key, unescaped.</param>
    /// <param name="occurredAt">Its time, as in the JSON between the quotes.</param>
    /// <param name="names">The shared strings of keys.</param>
    /// <exception cref="FormatException">One of them is missing, or the time is not valid.</exception>
    public static MembershipFact Of(string alias, ReadOnlySpan<byte> audienceKey, ReadOnlySpan<byte> occurredAt, KeyNames names) =>
        audienceKey.IsEmpty
            ? throw new FormatException("A stored event has no audience key.")
            : new MembershipFact(
                KindOf(alias) ?? throw new ArgumentOutOfRangeException(nameof(alias)),
                names.Of(audienceKey),
                TimeOf(occurredAt)
            );

    private static FactKind? KindOf(string alias) =>
        alias switch
        {
            EventTypes.MemberAdded => FactKind.Added,
            EventTypes.MemberRemoved => FactKind.Removed,
            _ => null,
        };

    // Uses the reader that parses the whole event, so that both parse times in the same way.
    private static DateTimeOffset TimeOf(ReadOnlySpan<byte> text)
    {
        Span<byte> quoted = stackalloc byte[LongestTime + 2];
        if (text.Length > LongestTime)
        {
            throw new FormatException("A stored event's time is too long.");
        }

        quoted = quoted[..(text.Length + 2)];
        (quoted[0], quoted[^1]) = ((byte)'"', (byte)'"');
        text.CopyTo(quoted[1..]);
        var json = new Utf8JsonReader(quoted);
        json.Read();
        return json.BytesConsumed == quoted.Length
            ? json.GetDateTimeOffset()
            : throw new FormatException("A stored event's time is not valid.");
    }

    // The raw bytes of null, of a number or of an escaped text would create a separate key that feeds no binding.
    private static string? KeyOf(ref Utf8JsonReader json, KeyNames names)
    {
        if (json.TokenType != JsonTokenType.String)
        {
            throw new FormatException("A stored event's audience key is not a string.");
        }

        return json.ValueIsEscaped ? json.GetString() : names.Of(json.ValueSpan);
    }
}
