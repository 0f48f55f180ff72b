using AudienceSync.Connectors.Sections;

namespace AudienceSync.Connectors.Google;

/// <summary>The credentials of a section: a service account's key file, or a user's grant (contracts/google.md 2.1).</summary>
internal static class GoogleGrants
{
    public static Setting<IGoogleGrant> Parse(DestinationSection section)
    {
        var tokenUrl = section.Address("token_url");
        var keyFile = section.KeyFile("service_account");
        var clientId = section.Text("client_id");
        var clientSecret = section.Secret("client_secret");
        var refreshToken = section.Secret("refresh_token");

        // A credential that is given and wrong is not one that is missing.
        var wrong = tokenUrl.Error ?? keyFile.Error ?? clientId.Error ?? clientSecret.Error ?? refreshToken.Error;
        return (wrong, keyFile.Value, clientId.Value, clientSecret.Value, refreshToken.Value) switch
        {
            ({ } error, _, _, _, _) => Refused(error),
            (_, { } file, null, null, null) => ServiceAccountGrant.Parse(file, tokenUrl.Value),
            (_, { }, _, _, _) => Refused(
                new SettingError(
                    "service_account",
                    "two_credentials",
                    "give either service_account, or client_id, client_secret and refresh_token."
                )
            ),
            (_, _, { Length: > 0 } id, { } secret, { } refresh) => new Setting<IGoogleGrant>(
                "refresh_token",
                new RefreshTokenGrant(tokenUrl.Value ?? GoogleSettings.DefaultTokenUrl, id, secret, refresh)
            ),
            _ => Refused(
                new SettingError(
                    "service_account",
                    "missing_credentials",
                    "give service_account, or all of client_id, client_secret and refresh_token."
                )
            ),
        };
    }

    private static Setting<IGoogleGrant> Refused(SettingError error) => new(error.Field, null!, error);
}
