using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Tests.TikTok;

/// <summary>An advertiser on a scripted network.</summary>
internal sealed class TikTokAccountOnWire
{
    /// <summary>Contracts/tiktok.md 4.</summary>
    public const string Taken = """{"code":0,"message":"OK","request_id":"202308032127455B021E952","data":{}}""";

    public static readonly PersonIdentifiers Jane = new("7", " JaneDoe@Gmail.com", "+1 (657) 777-0000", "US");

    public TikTokAccountOnWire(ScriptedNetwork network, string? normalizer = null, int? membersPerCall = null)
    {
        var section = Section.Of(
            "7000000000000000001",
            ("token", new Secret("ABC")),
            ("normalizer", normalizer),
            ("members_per_call", membersPerCall)
        );
        Destination = Destinations.Create("tiktok", section, new DestinationDependencies(network, Clock, new Random(1))).Destination!;
    }

    public ManualTime Clock { get; } = new();

    public IDestination Destination { get; }

    public Task<CallResult> AddAsync(params PersonIdentifiers[] people) => SendAsync(MemberOperation.Add, people);

    public async Task<CallResult> SendAsync(
        MemberOperation operation,
        IEnumerable<PersonIdentifiers> people,
        string audience = "1234",
        NormalizerVersion? version = null
    )
    {
        var members = people.Select(person => new Member(person, version ?? Destination.Normalizer)).ToArray();
        return await Destination.SendAsync(new MemberCall(new RemoteAudienceId(audience), operation, members), CancellationToken.None);
    }

    public static Task<CallResult> ResultOfAsync(int status, string body) =>
        new TikTokAccountOnWire(ScriptedNetwork.Answering(status, body)).AddAsync(Jane);

    public static string Envelope(int code, string message = "ann@example.com", string data = "{}") =>
        $$"""{"code":{{code}},"message":"{{message}}","request_id":"202308032127455B021E952","data":{{data}}}""";

    /// <summary>A network that returns these bodies one after another, and the last one from then on.</summary>
    public static ScriptedNetwork Answering(params string[] bodies) =>
        new([
            .. bodies.Select<string, Func<CancellationToken, Task<HttpResponseMessage>>>(body =>
                _ => Task.FromResult(ScriptedNetwork.Response(200, body))
            ),
        ]);
}
