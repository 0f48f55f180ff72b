using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Tests.Meta;

/// <summary>A Meta account on a scripted network.</summary>
internal sealed class MetaAccountOnWire(ScriptedNetwork network, string? appSecret = null)
{
    /// <summary>The recorded response of contracts/meta.md 6.2.</summary>
    public const string Taken =
        """{"audience_id":"23853262716910525","session_id":"67972159610631945","num_received":1,"num_invalid_entries":0,"invalid_entry_samples":{}}""";

    public static readonly PersonIdentifiers Mary = new("7", " Mary@Example.com ", "+1 (555) 987-6543", "US");

    public ManualTime Clock { get; } = new();

    public Task<CallResult> AddAsync(params PersonIdentifiers[] people) => SendAsync(MemberOperation.Add, people);

    public Task<CallResult> RemoveAsync(params PersonIdentifiers[] people) => SendAsync(MemberOperation.Remove, people);

    public async Task<CallResult> SendAsync(
        MemberOperation operation,
        IEnumerable<PersonIdentifiers> people,
        string audience = "238500000000001"
    )
    {
        var section = Section.Of(
            "act_1001",
            ("token", new Secret("ABC")),
            ("app_secret", appSecret is null ? null : new Secret(appSecret))
        );
        var destination = Destinations.Create("meta", section, new DestinationDependencies(network, Clock, new Random(1))).Destination!;
        var members = people.Select(person => new Member(person, MetaNormalizer.Current)).ToArray();
        return await destination.SendAsync(new MemberCall(new RemoteAudienceId(audience), operation, members), CancellationToken.None);
    }

    /// <summary>The result of one response, for a call with one member.</summary>
    public static Task<CallResult> ResultOfAsync(int status, string body, params (string Name, string Value)[] headers) =>
        new MetaAccountOnWire(ScriptedNetwork.Answering(status, body, headers)).AddAsync(Mary);

    public static Task<CallResult> ResultOfErrorAsync(int status, int code, int? subcode, params (string Name, string Value)[] headers)
    {
        var sub = subcode is null ? "" : $",\"error_subcode\":{subcode}";
        return ResultOfAsync(
            status,
            $$$"""{"error":{"message":"m","type":"OAuthException","code":{{{code}}}{{{sub}}},"fbtrace_id":"AbC-1_x"}}""",
            headers
        );
    }
}
