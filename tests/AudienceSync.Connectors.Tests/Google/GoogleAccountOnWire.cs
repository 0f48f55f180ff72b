using AudienceSync.Connectors.Sections;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Tests.Google;

/// <summary>A Google account on a scripted network with a built-in token endpoint.</summary>
internal sealed class GoogleAccountOnWire
{
    public const string Taken = """{"requestId":"r-1"}""";

    /// <summary>Contracts/google.md 7.3.</summary>
    public const string CloudyEmail = "223ebda6f6889b1494551ba902d9d381daf2f642bae055888e96343d53e9f9c4";
    public const string CloudyPhone = "fb4f73a6ec5fdb7077d564cdd22c3554b43ce49168550c3b12c547b78c517b30";

    public static readonly PersonIdentifiers Cloudy = new("7", "Cloudy.SanFrancisco+shopping@gmail.com", "1 800 555 0100", "US");

    public static readonly DestinationSection Basic = Section.Of(
        "769-372-9833",
        ("login_customer_id", "870-483-0944"),
        ("client_id", "client-1"),
        ("client_secret", new Secret("secret-1")),
        ("refresh_token", new Secret("refresh-1")),
        ("terms_accepted", true),
        ("consent", "granted")
    );

    public GoogleAccountOnWire(TokenedNetwork network, Func<DestinationSection, DestinationSection>? change = null)
    {
        Network = network;
        var section = change is null ? Basic : change(Basic);
        Destination = Destinations.Create("google", section, new DestinationDependencies(network, Clock, new Random(1))).Destination!;
    }

    public TokenedNetwork Network { get; }

    public ManualTime Clock { get; } = new();

    public IDestination Destination { get; }

    public Task<CallResult> AddAsync(params PersonIdentifiers[] people) => SendAsync(MemberOperation.Add, people);

    public async Task<CallResult> SendAsync(MemberOperation operation, IEnumerable<PersonIdentifiers> people, string list = "7090784486")
    {
        var members = people.Select(person => new Member(person, GoogleNormalizer.Current)).ToArray();
        return await Destination.SendAsync(new MemberCall(new RemoteAudienceId(list), operation, members), CancellationToken.None);
    }

    /// <summary>An error envelope of the contract (6.5).</summary>
    public static string Error(
        int code,
        string status,
        string? reason = null,
        string? quotaLimit = null,
        params (string Field, string? Reason)[] violations
    )
    {
        var quota = quotaLimit is null ? "" : $",\"quota_limit\":\"{quotaLimit}\"";
        var info = reason is null
            ? ""
            : $$$"""{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"{{{reason}}}","domain":"datamanager.googleapis.com","metadata":{"requestId":"t-1"{{{quota}}}}},""";
        var rows = violations.Select(violation =>
            $$"""{"field":"{{violation.Field}}","description":"ann@example.com is wrong"{{(violation.Reason is null ? "" : $",\"reason\":\"{violation.Reason}\"")}}}"""
        );
        return $$$"""{"error":{"code":{{{code}}},"status":"{{{status}}}","message":"ann@example.com","details":[{{{info}}}{"@type":"type.googleapis.com/google.rpc.RequestInfo","requestId":"t-1"},{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{{{string.Join(',', rows)}}}]}]}}""";
    }
}
