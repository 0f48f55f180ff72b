using System.Text;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Sandbox;
using AudienceSync.Sandbox.Google;
using Microsoft.AspNetCore.Builder;

namespace AudienceSync.Connectors.Tests.Google;

internal sealed class GoogleWorld : SandboxWorld
{
    private readonly CorruptingHandler _corruptingHandler;

    private GoogleWorld(WebApplication app, ManualTime clock)
        : base(app, clock)
    {
        var dependencies = Dependencies();
        _corruptingHandler = new CorruptingHandler(dependencies.Network);
        Destination = Destinations
            .Create(
                "google",
                Section.Of(
                    "769-372-9833",
                    ("base_url", Address),
                    ("client_id", "sandbox-client"),
                    ("client_secret", new Secret("sandbox-secret")),
                    ("refresh_token", new Secret("refresh-1")),
                    ("token_url", new Uri(Address, "token")),
                    ("terms_accepted", true),
                    ("consent", "granted")
                ),
                dependencies with
                {
                    Network = _corruptingHandler,
                }
            )
            .Destination!;
    }

    public override PlatformTraits Traits { get; } =
        new(NamesRefusedRows: true, RefreshesTokens: true, HasJobs: true, LeastThrottleWait: TimeSpan.FromSeconds(60));

    public override IDestination Destination { get; }

    public override RemoteAudienceId Audience { get; } = new("7090784486");

    public override RemoteAudienceId OtherAudience { get; } = new("7090784487");

    private protected override IReadOnlyList<(string Key, PersonField Field)> Columns { get; } =
    [("emailAddress", PersonField.Email), ("phoneNumber", PersonField.Phone)];

    private protected override Normalizer Rules => GoogleNormalizer.Version1;

    public static async Task<GoogleWorld> StartAsync()
    {
        var (app, clock) = await StartAsync(
            new AccountSettings
            {
                Platform = "google",
                Account = "7693729833",
                Token = "refresh-1",
                Audiences = ["7090784486", "7090784487"],
                Google = new GoogleSettings { JobS = 0 },
            }
        );
        return new GoogleWorld(app, clock);
    }

    /// <summary>The sandbox stores an address, which counts as a whole, as one digest of its four parts.</summary>
    public override IReadOnlyList<string> FormOf(PersonIdentifiers person)
    {
        string?[] parts =
        [
            Rules.Text(person, PersonField.FirstName) is { } given ? Digest(given) : null,
            Rules.Text(person, PersonField.LastName) is { } family ? Digest(family) : null,
            Rules.Text(person, PersonField.Country),
            Rules.Text(person, PersonField.PostalCode),
        ];
        return parts.Contains(null) ? base.FormOf(person) : [.. base.FormOf(person), $"address:{Digest(string.Join('|', parts))}"];
    }

    public override Task DisturbAsync(Disturbance disturbance)
    {
        if (disturbance != Disturbance.RefuseOneRow)
        {
            return base.DisturbAsync(disturbance);
        }

        _corruptingHandler.Armed = true;
        return Task.CompletedTask;
    }

    /// <summary>Corrupts the first email digest in transit, once: the sandbox then refuses the request and identifies the member.</summary>
    private sealed class CorruptingHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        private const string Head = "\"emailAddress\":\"";

        public bool Armed { get; set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (Armed && request.RequestUri!.AbsolutePath.Contains("audienceMembers", StringComparison.Ordinal))
            {
                Armed = false;
                var body = await request.Content!.ReadAsStringAsync(cancellationToken);
                var at = body.IndexOf(Head, StringComparison.Ordinal) + Head.Length;
                request.Content = new StringContent($"{body[..at]}zz{body[(at + 2)..]}", Encoding.UTF8, "application/json");
            }

            return await base.SendAsync(request, cancellationToken);
        }
    }
}
