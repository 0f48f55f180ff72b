using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Sandbox;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;

namespace AudienceSync.Connectors.Tests;

/// <summary>The sandbox in memory, on the same clock as the destination.</summary>
internal abstract class SandboxWorld : DestinationWorld
{
    private readonly WebApplication _app;
    private readonly HttpClient _admin;

    private protected SandboxWorld(WebApplication app, ManualTime clock)
        : base(clock)
    {
        _app = app;
        _admin = app.GetTestClient();
    }

    public override async Task<IReadOnlyList<string>> HeldAsync(RemoteAudienceId audience)
    {
        var list = await _admin.GetFromJsonAsync<JsonElement>($"/admin/lists/{audience}");
        return
        [
            .. list.GetProperty("digests")
                .EnumerateObject()
                .SelectMany(key => key.Value.EnumerateArray().Select(digest => $"{key.Name}:{digest.GetString()}")),
        ];
    }

    public override IReadOnlyList<string> FormOf(PersonIdentifiers person) =>
        [
            .. Columns
                .Select(column => (column.Key, Text: Rules.Text(person, column.Field)))
                .Where(cell => cell.Text is not null)
                .Select(cell => $"{cell.Key}:{Digest(cell.Text!)}"),
        ];

    public override async Task DisturbAsync(Disturbance disturbance)
    {
        var rule = new Dictionary<string, object>
        {
            ["kind"] = KindOf(disturbance),
            ["count"] = 1,
            ["seed"] = 1,
        };
        if (disturbance == Disturbance.Hang)
        {
            rule["delay_ms"] = (int)Hang.TotalMilliseconds;
        }

        if (disturbance == Disturbance.SlowJob)
        {
            rule["job_s"] = (int)SlowJob.TotalSeconds;
        }

        var answer = await _admin.PostAsJsonAsync("/admin/faults", rule);
        ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture).ShouldBe("201");
    }

    public override async ValueTask DisposeAsync()
    {
        _admin.Dispose();

        // Calls that timed out still wait in the sandbox.
        Clock.Advance(Hang);
        await _app.DisposeAsync();
    }

    /// <summary>The keys under which the platform holds identifiers.</summary>
    private protected abstract IReadOnlyList<(string Key, PersonField Field)> Columns { get; }

    private protected abstract Normalizer Rules { get; }

    private protected Uri Address => _admin.BaseAddress!;

    private protected static async Task<(WebApplication App, ManualTime Clock)> StartAsync(AccountSettings account)
    {
        var clock = new ManualTime();
        var app = SandboxApp.Create(new SandboxOptions { Accounts = [account] }, clock, builder => builder.WebHost.UseTestServer());
        await app.StartAsync();
        return (app, clock);
    }

    private protected virtual string KindOf(Disturbance disturbance) =>
        disturbance switch
        {
            Disturbance.RefuseOneRow => "invalid_rows",
            Disturbance.Throttle => "throttle",
            Disturbance.LoseTheAnswer => "drop_after",
            Disturbance.LoseTheCall => "drop_before",
            Disturbance.AnswerWithAPage => "html_error",
            Disturbance.FailInside => "server_error",
            Disturbance.Hang => "delay",
            Disturbance.ExpireTheToken => "token_expired",
            Disturbance.Ban => "ban",
            Disturbance.SlowJob => "job_slow",
            Disturbance.FailingJob => "job_fails",
            Disturbance.LostJob => "job_lost",
            _ => throw new ArgumentOutOfRangeException(nameof(disturbance), disturbance, "Unknown disturbance."),
        };

    private protected DestinationDependencies Dependencies() =>
        new(new CancelingHandler(_app.GetTestServer().CreateHandler()), Clock, new Random(1));

    private protected static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>The in-memory server completes a canceled call only when the application has ended it; a socket fails at once.</summary>
    private sealed class CancelingHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            base.SendAsync(request, cancellationToken).WaitAsync(cancellationToken);
    }
}
