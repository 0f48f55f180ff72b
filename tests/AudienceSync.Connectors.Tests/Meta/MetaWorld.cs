using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalising;
using AudienceSync.Sandbox;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;

namespace AudienceSync.Connectors.Tests.Meta;

/// <summary>The sandbox in memory, on the same clock as the destination.</summary>
internal sealed class MetaWorld : DestinationWorld
{
    private const string AudienceId = "238500000000001";

    private readonly WebApplication _app;
    private readonly HttpClient _admin;

    private MetaWorld(WebApplication app, ManualTime clock, string? appSecret)
        : base(clock)
    {
        _app = app;
        _admin = _app.GetTestClient();
        Destination = Destinations.Create(
            "meta",
            new DestinationSettings("act_1001", new Secret("token-1"), _admin.BaseAddress, "v25.0", appSecret is null ? null : new Secret(appSecret)),
            new DestinationSurroundings(new LettingGo(_app.GetTestServer().CreateHandler()), Clock, new Random(1)));
    }

    public override IDestination Destination { get; }

    public override RemoteAudienceId Audience { get; } = new(AudienceId);

    public static async Task<MetaWorld> StartAsync(string? appSecret = null)
    {
        var options = new SandboxOptions
        {
            Accounts =
            [
                new AccountSettings { Account = "act_1001", Token = "token-1", AppSecret = appSecret, Audiences = [AudienceId] },
            ],
        };
        var clock = new ManualTime();
        var app = SandboxApp.Create(options, clock, builder => builder.WebHost.UseTestServer());
        await app.StartAsync();
        return new MetaWorld(app, clock, appSecret);
    }

    public override async Task<IReadOnlyList<string>> HeldAsync()
    {
        var list = await _admin.GetFromJsonAsync<JsonElement>($"/admin/lists/{AudienceId}");
        return [.. list.GetProperty("digests").EnumerateObject()
            .SelectMany(key => key.Value.EnumerateArray().Select(digest => $"{key.Name}:{digest.GetString()}"))];
    }

    public override IReadOnlyList<string> FormOf(PersonIdentifiers person)
    {
        (string Key, PersonField Field)[] columns =
        [
            ("EMAIL", PersonField.Email), ("PHONE", PersonField.Phone), ("LN", PersonField.LastName), ("FN", PersonField.FirstName),
            ("FI", PersonField.FirstInitial), ("CT", PersonField.City), ("ST", PersonField.State), ("ZIP", PersonField.PostalCode),
            ("COUNTRY", PersonField.Country), ("GEN", PersonField.Gender), ("DOBY", PersonField.BirthYear), ("DOBM", PersonField.BirthMonth),
            ("DOBD", PersonField.BirthDay), ("MADID", PersonField.DeviceId),
        ];
        return [.. columns.Select(column => (column.Key, Text: MetaNormaliser.Version1.Text(person, column.Field)))
            .Where(cell => cell.Text is not null).Select(cell => $"{cell.Key}:{Digest(cell.Text!)}")];
    }

    public override async Task DisturbAsync(Disturbance disturbance)
    {
        var kind = disturbance switch
        {
            Disturbance.RefuseOneRow => "invalid_rows",
            Disturbance.Throttle => "throttle",
            Disturbance.LoseTheAnswer => "drop_after",
            Disturbance.LoseTheCall => "drop_before",
            Disturbance.AnswerWithAPage => "html_error",
            Disturbance.FailInside => "error_in_200",
            Disturbance.Hang => "delay",
            Disturbance.ExpireTheToken => "token_expired",
            _ => throw new ArgumentOutOfRangeException(nameof(disturbance), disturbance, "No such disturbance."),
        };
        var rule = new Dictionary<string, object> { ["kind"] = kind, ["count"] = 1, ["seed"] = 1 };
        if (disturbance == Disturbance.Hang)
        {
            rule["delay_ms"] = (int)Hang.TotalMilliseconds;
        }

        var answer = await _admin.PostAsJsonAsync("/admin/faults", rule);
        ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture).ShouldBe("201");
    }

    public override async ValueTask DisposeAsync()
    {
        _admin.Dispose();

        // Calls that were given up still wait in the sandbox.
        Clock.Advance(Hang);
        await _app.DisposeAsync();
    }

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>The in-memory server answers a cancelled call when the application has ended it; a socket lets go at once.</summary>
    private sealed class LettingGo(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            => base.SendAsync(request, cancellationToken).WaitAsync(cancellationToken);
    }
}
