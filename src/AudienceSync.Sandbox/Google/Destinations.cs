using System.Text.Json;

namespace AudienceSync.Sandbox.Google;

/// <summary>One resolved destination of a request.</summary>
internal sealed record Destination(string? Reference, JsonElement AsSent, GoogleList List);

/// <summary>Reads <c>destinations</c>, contract google 6.2, and resolves the lists that they name.</summary>
internal sealed class Destinations(GooglePlatform platform, Credential caller, Findings findings)
{
    private const int MaxDestinations = 10;

    // Indexed by enum number.
    private static readonly string[] AccountTypes =
    [
        "ACCOUNT_TYPE_UNSPECIFIED",
        "GOOGLE_ADS",
        "DISPLAY_VIDEO_PARTNER",
        "DISPLAY_VIDEO_ADVERTISER",
        "DATA_PARTNER",
        "GOOGLE_ANALYTICS_PROPERTY",
        "GOOGLE_AD_MANAGER_AUDIENCE_LINK",
        "FLOODLIGHT_CONFIG",
    ];

    private static readonly string[] Products = ["PRODUCT_UNSPECIFIED", .. AccountTypes[1..5]];

    /// <summary>The destinations that exist and are accessible; errors of the others are added to the findings.</summary>
    public IReadOnlyList<Destination> Read(ProtoMessage request)
    {
        var items = request.Items("destinations");
        if (items.Count == 0)
        {
            findings.Missing("destinations");
        }
        else if (items.Count > MaxDestinations)
        {
            findings.Add("destinations", "TOO_MANY_DESTINATIONS", $"At most {MaxDestinations} destinations.");
            return [];
        }

        List<Destination> found = [];
        var references = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (item, path) in items)
        {
            var message = ProtoMessage.Read(
                item,
                path,
                findings,
                "reference",
                "loginAccount",
                "linkedAccount",
                "operatingAccount",
                "productDestinationId"
            );
            var reference = message.Text("reference");
            if (reference is not null && !references.Add(reference))
            {
                findings.Add(path, "DUPLICATE_DESTINATION_REFERENCE", "The reference is not unique.");
            }

            if (Find(message) is { } list)
            {
                found.Add(new Destination(reference, item.Clone(), list));
            }
        }

        return found;
    }

    private GoogleList? Find(ProtoMessage message)
    {
        var operating = AccountOf(message, "operatingAccount");
        var login = AccountOf(message, "loginAccount");
        if (message.Has("linkedAccount"))
        {
            findings.Add(message.At("linkedAccount"), "INVALID_DESTINATION", "Only with a login account of the type DATA_PARTNER.");
        }

        var id = message.Id("productDestinationId");
        if (id is null || !message.Has("operatingAccount"))
        {
            findings.Missing(message.At(id is null ? "productDestinationId" : "operatingAccount"));
            return null;
        }

        if (operating is null)
        {
            return null;
        }

        // "Not allowed" and "not found" share one response (contract 6.5).
        if (platform.FindAccount(operating) is not { } account || !caller.MayUse(account) || !IsReachableThrough(account, login))
        {
            findings.Refuse(GoogleError.Denied);
            return null;
        }

        return platform.FindList(id) is { } list && list.Account == account
            ? list
            : findings.Add<GoogleList>(message.At("productDestinationId"), "INVALID_USER_LIST_ID", "The user list does not exist.");
    }

    private static bool IsReachableThrough(GoogleAccount account, string? login) =>
        account.Limits.LoginAccount is { } manager ? login == manager : login is null || login == account.Id;

    private string? AccountOf(ProtoMessage message, string name)
    {
        if (message.Message(name, "accountType", "accountId", "product") is not { } account)
        {
            return null;
        }

        // The deprecated field has the same meaning.
        var type = account.Enum("accountType", AccountTypes) ?? account.Enum("product", Products);
        var id = account.Id("accountId");
        if (id is null || type is null)
        {
            findings.Missing(account.At(id is null ? "accountId" : "accountType"));
            return null;
        }

        return type == "GOOGLE_ADS"
            ? id
            : findings.Add<string>(
                account.At("accountType"),
                "DESTINATION_ACCOUNT_TYPE_MISMATCH",
                "The sandbox has accounts of GOOGLE_ADS only."
            );
    }
}
