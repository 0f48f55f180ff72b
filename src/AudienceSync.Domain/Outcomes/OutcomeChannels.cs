namespace AudienceSync.Domain.Outcomes;

/// <summary>The channels that have an address or a device of the person, for which deliverability is known.</summary>
public static class OutcomeChannels
{
    public const string Email = "email";
    public const string Push = "push";
    public const string Sms = "sms";
    public const string Whatsapp = "whatsapp";

    /// <summary>An answer of the person that is not about one message.</summary>
    public const string Customer = "customer";

    /// <summary>The channels with deliverability.</summary>
    public static readonly IReadOnlyList<string> Addressed = [Email, Sms, Push, Whatsapp];
}
