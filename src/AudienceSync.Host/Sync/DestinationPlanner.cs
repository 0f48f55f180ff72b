using System.Text;
using AudienceSync.Connectors;
using AudienceSync.Host.Configuration;

namespace AudienceSync.Host.Sync;

/// <summary>
/// Creates a destination from its entry in the configuration. Which settings a platform needs and accepts is determined by the platform.
/// </summary>
public sealed class DestinationPlanner(ConfigLoader config, DestinationDependencies dependencies)
{
    private const int MaxNameChars = 100;
    private const int MaxFlushMs = 3_600_000;

    /// <exception cref="SetupException">config_invalid, secret_missing</exception>
    public PlannedDestination Plan(string workspace, DestinationConfig destination)
    {
        var place = $"workspaces.{workspace}.destinations.{destination.Name}";
        Require(destination.Name.Length is > 0 and <= MaxNameChars && !destination.Name.Any(char.IsControl), place, "name must be 1 to 100 characters, none of them a control character");
        Require(destination.FlushMs is >= 0 and <= MaxFlushMs, place, "flush_ms must be 0 to 3,600,000");
        try
        {
            var connector = Destinations.Create(destination.Platform, Settings(destination, place), dependencies);
            return new PlannedDestination(destination.Name, destination.Platform, connector, TimeSpan.FromMilliseconds(destination.FlushMs))
            {
                // A destination that states to a platform that consent was granted must have it.
                ConsentRequired = destination.RequireConsent ?? string.Equals(destination.Consent, "granted", StringComparison.Ordinal),
            };
        }
        catch (DestinationSettingsException error)
        {
            throw config.Invalid($"{place}: {error.Message}");
        }
    }

    private DestinationSettings Settings(DestinationConfig destination, string place) => new(
        destination.Account,
        Secret(destination.Token, place + ".token"),
        Url(destination.BaseUrl, place + ".base_url"),
        destination.ApiVersion,
        Secret(destination.AppSecret, place + ".app_secret"))
    {
        LoginCustomerId = destination.LoginCustomerId,
        ClientId = destination.ClientId,
        ClientSecret = Secret(destination.ClientSecret, place + ".client_secret"),
        RefreshToken = Secret(destination.RefreshToken, place + ".refresh_token"),
        ServiceAccount = destination.ServiceAccount is { } file ? new SecretDocument(Text(file, place + ".service_account")) : null,
        TokenUrl = Url(destination.TokenUrl, place + ".token_url"),
        Consent = destination.Consent,
        TermsAccepted = destination.TermsAccepted,
        ValidateOnly = destination.ValidateOnly,
        Normalizer = destination.Normalizer,
        MembersPerCall = destination.MembersPerCall,
        JobCheckS = destination.JobCheckS,
        CallTimeoutS = destination.CallTimeoutS,
        LimitedDataUse = destination.LimitedDataUse is { } limited ? new LimitedDataUse(limited.Country, limited.State) : null,
    };

    private Secret? Secret(SecretReference? reference, string what) => reference is null ? null : new Secret(Text(reference, what));

    private string Text(SecretReference reference, string what) => Encoding.UTF8.GetString(config.Secret(reference, what));

    private Uri? Url(string? text, string what)
    {
        if (text is null)
        {
            return null;
        }

        Require(Uri.TryCreate(text, UriKind.Absolute, out var url), what, "must be an address with http:// or https://");
        return url;
    }

    private void Require(bool holds, string place, string otherwise)
    {
        if (!holds)
        {
            throw config.Invalid($"{place}: {otherwise}");
        }
    }
}
