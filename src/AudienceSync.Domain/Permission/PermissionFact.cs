using AudienceSync.Domain.Events;

namespace AudienceSync.Domain.Permission;

/// <summary>One answer to one permission question, as an event states it.</summary>
/// <param name="Topic">The question.</param>
/// <param name="Destination">For targeting: the destination; null for everywhere. Null for the other topics.</param>
/// <param name="Yes">The answer.</param>
/// <param name="At">The sender's time.</param>
public readonly record struct PermissionFact(PermissionTopic Topic, string? Destination, bool Yes, DateTimeOffset At)
{
    // A text cannot contain these bytes: its quotes are escaped.
    private static ReadOnlySpan<byte> Member => "\"consent\":"u8;

    private static ReadOnlySpan<byte> AllGranted => "\"consent\":{\"adUserData\":\"granted\",\"adPersonalization\":\"granted\"}"u8;

    private static ReadOnlySpan<byte> AllGrantedAsStored =>
        "\"consent\": {\"adUserData\": \"granted\", \"adPersonalization\": \"granted\"}"u8;

    private static ReadOnlySpan<byte> BothAsStored => "{\"adUserData\": \"granted\", \"adPersonalization\": \"granted\"}"u8;

    private static Consent Both => new(ConsentAnswer.Granted, ConsentAnswer.Granted);

    /// <summary>Adds the facts in the consent of an audience event, read without the rest of the event.</summary>
    /// <param name="consent">JSON; null states nothing.</param>
    /// <param name="at">The event's time.</param>
    /// <param name="facts">The list to which the facts are added.</param>
    public static void ReadConsent(ReadOnlySpan<byte> consent, DateTimeOffset at, List<PermissionFact> facts) =>
        Read(consent.SequenceEqual(BothAsStored) ? Both : EventJson.ReadConsent(consent), at, facts);

    /// <summary>
    /// As below, for an audience event whose time is known. An event that grants both purposes, by far the most frequent case, needs no
    /// parsing.
    /// </summary>
    public static void Read(string alias, byte[] data, DateTimeOffset at, List<PermissionFact> facts)
    {
        if (GrantsAll(data))
        {
            Read(Both, at, facts);
        }
        else
        {
            Read(alias, data, facts);
        }
    }

    /// <summary>Adds the permission facts of an event. For most audience events a single search of their bytes is enough.</summary>
    public static void Read(string alias, byte[] data, List<PermissionFact> facts)
    {
        switch (alias)
        {
            case EventTypes.MemberAdded or EventTypes.MemberRemoved or EventTypes.ExposureRecorded:
                if (data.AsSpan().IndexOf(Member) >= 0)
                {
                    var stated = (IAudienceEvent)EventJson.Read(alias, data);
                    Read(stated.Consent, stated.OccurredAt, facts);
                }

                break;
            case EventTypes.ConsentChanged:
                var changed = (PersonConsentChanged)EventJson.Read(alias, data);
                Read(changed.Consent, changed.OccurredAt, facts);
                break;
            case EventTypes.Suppressed:
                var suppressed = (PersonSuppressed)EventJson.Read(alias, data);
                facts.Add(new PermissionFact(PermissionTopic.Targeting, suppressed.Destination, Yes: false, suppressed.OccurredAt));
                break;
            case EventTypes.SuppressionLifted:
                var lifted = (PersonSuppressionLifted)EventJson.Read(alias, data);
                facts.Add(new PermissionFact(PermissionTopic.Targeting, lifted.Destination, Yes: true, lifted.OccurredAt));
                break;
            case EventTypes.ErasureRequested:
                var erasure = (PersonErasureRequested)EventJson.Read(alias, data);
                facts.Add(new PermissionFact(PermissionTopic.Existence, null, Yes: false, erasure.OccurredAt));
                break;
            default:
                break;
        }
    }

    // In the form in which jsonb returns it or in which we write it.
    private static bool GrantsAll(ReadOnlySpan<byte> data) => data.IndexOf(AllGrantedAsStored) >= 0 || data.IndexOf(AllGranted) >= 0;

    private static void Read(Consent consent, DateTimeOffset at, List<PermissionFact> facts)
    {
        Read(PermissionTopic.UserData, consent.AdUserData, at, facts);
        Read(PermissionTopic.Personalization, consent.AdPersonalization, at, facts);
    }

    private static void Read(PermissionTopic topic, ConsentAnswer answer, DateTimeOffset at, List<PermissionFact> facts)
    {
        if (answer != ConsentAnswer.Unspecified)
        {
            facts.Add(new PermissionFact(topic, null, answer == ConsentAnswer.Granted, at));
        }
    }
}

/// <summary>What a person, or someone on the person's behalf, can answer with yes or no.</summary>
public enum PermissionTopic
{
    /// <summary>May the person's data be sent to an ad platform.</summary>
    UserData = 1,

    /// <summary>May ads be personalized for the person.</summary>
    Personalization,

    /// <summary>May the person be targeted at all: a suppression is a no, its lifting a yes.</summary>
    Targeting,

    /// <summary>May the person's data be held: an erasure is a permanent no.</summary>
    Existence,
}
