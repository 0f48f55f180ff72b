using System.Text.Json;
using AudienceSync.Domain.Events;

namespace AudienceSync.Domain.Membership;

/// <summary>Which of the two maxima of a <see cref="MembershipState"/> a fact may raise.</summary>
public enum FactKind
{
    Added = 1,
    Removed = 2,
}

/// <summary>An event as membership sees it: somebody was added to or removed from a key at a time.</summary>
public readonly record struct MembershipFact(FactKind Kind, string AudienceKey, DateTimeOffset OccurredAt)
{
    /// <summary>Reads just what the fold needs from an event's data, without building the event. False when the event says nothing of membership.</summary>
    public static bool TryRead(string alias, ReadOnlySpan<byte> data, KeyNames names, out MembershipFact fact)
    {
        fact = default;
        FactKind kind;
        switch (alias)
        {
            case EventTypes.MemberAdded: kind = FactKind.Added; break;
            case EventTypes.MemberRemoved: kind = FactKind.Removed; break;
            default: return false;
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

        fact = new MembershipFact(kind, key ?? throw new FormatException("A stored event has no audience key."), at ?? throw new FormatException("A stored event has no time."));
        return true;
    }

    // The raw bytes of null, of a number or of an escaped text would make a key of their own that no binding feeds on.
    private static string? KeyOf(ref Utf8JsonReader json, KeyNames names)
    {
        if (json.TokenType != JsonTokenType.String)
        {
            throw new FormatException("A stored event's audience key is no text.");
        }

        return json.ValueIsEscaped ? json.GetString() : names.Of(json.ValueSpan);
    }
}
