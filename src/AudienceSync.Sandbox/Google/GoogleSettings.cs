using System.Security.Cryptography;

namespace AudienceSync.Sandbox.Google;

/// <summary>Settings of an Ads account on the simulated Google in addition to its refresh token; every field has a default.</summary>
public sealed record GoogleSettings
{
    public string ClientId { get; init; } = "sandbox-client";

    public string ClientSecret { get; init; } = "sandbox-secret";

    /// <summary>Address of a service account with access to the Ads account, in addition to the refresh token.</summary>
    public string? ServiceAccount { get; init; }

    /// <summary>Its RSA public key, PEM.</summary>
    public string? ServiceAccountKey { get; init; }

    /// <summary>A manager account: when set, every destination must name it as <c>loginAccount</c>.</summary>
    public string? LoginAccount { get; init; }

    /// <summary>The Cloud project whose quota is used (contract google 6.6); accounts of one project share it.</summary>
    public string Project { get; init; } = "sandbox-project";

    public int CallsPerMinute { get; init; } = 300;

    /// <summary>Calls per UTC day for each group; null for 100,000 (members, statuses) and 50,000 (lists).</summary>
    public int? CallsPerDay { get; init; }

    public int TokenLifeS { get; init; } = 3_600;

    /// <summary>Seconds from the acceptance of a request until it is applied. 30 minutes or more on the real platform.</summary>
    public int JobS { get; init; } = 60;

    /// <summary>Maximum random additional seconds: jobs then complete in a different order than they were accepted.</summary>
    public int JobJitterS { get; init; }

    /// <summary>The seed of the random jitter.</summary>
    public int Seed { get; init; }

    /// <summary>When set, a member without consent is reported as <c>NO_CONSENT</c> in the request's status.</summary>
    public bool ConsentRequired { get; init; }

    // The compiler's version would print the secret.
    public override string ToString() => $"GoogleSettings {{ ClientId = {ClientId} }}";

    internal string? Validate() =>
        this switch
        {
            { ClientId: "" } or { ClientSecret: "" } or { Project: "" } => "google.client_id, client_secret and project must not be empty",
            { ServiceAccount: null, ServiceAccountKey: not null } or { ServiceAccount: not null, ServiceAccountKey: null } =>
                "google.service_account and service_account_key belong together",
            { ServiceAccountKey: { } key } when !IsKey(key) => "google.service_account_key must be an RSA public key in PEM",
            { LoginAccount: { } login } when !AccountSettings.IsId(login) => "google.login_account must be digits",
            { CallsPerMinute: < 1 } or { CallsPerDay: < 1 } or { TokenLifeS: < 1 } => "the limits of google must be at least 1",
            { JobS: < 0 } or { JobJitterS: < 0 } => "google.job_s and google.job_jitter_s must not be negative",
            _ => null,
        };

    private static bool IsKey(string pem)
    {
        try
        {
            using var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            return true;
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            return false;
        }
    }
}
