namespace AudienceSync.Sandbox.Google;

/// <summary>The consent of a request or a member, contract google 6.2.</summary>
internal static class Consent
{
    private const string Granted = "CONSENT_GRANTED";
    private const string Denied = "CONSENT_DENIED";

    /// <returns>Null when consent is not specified.</returns>
    public static (string? AdUserData, string? AdPersonalization)? Read(ProtoMessage owner)
    {
        if (owner.Message("consent", "adUserData", "adPersonalization") is not { } consent)
        {
            return null;
        }

        return (Value(consent, "adUserData"), Value(consent, "adPersonalization"));
    }

    /// <summary>The reason that a member may not be added; reported in the request status only (contract 6.7).</summary>
    public static string? Refusal((string? AdUserData, string? AdPersonalization)? consent, bool required) =>
        consent switch
        {
            (Denied, _) or (_, Denied) => "PROCESSING_ERROR_REASON_DENIED_CONSENT",
            not (Granted, Granted) when required => "PROCESSING_ERROR_REASON_NO_CONSENT",
            _ => null,
        };

    private static string? Value(ProtoMessage consent, string name) => consent.Enum(name, "CONSENT_STATUS_UNSPECIFIED", Granted, Denied);
}
