using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Decisions;

/// <summary>
/// One Host for all tests of a class, whose projector does not work. The source that does not sign receives few fields, also in the
/// response to its webhooks.
/// </summary>
public sealed class DecisionHost : IAsyncLifetime
{
    public TestHost Host { get; private set; } = null!;

    /// <summary>Of a Host whose source that signs has a section more.</summary>
    public static TestHostOptions Options(string section) =>
        new()
        {
            Yaml = yaml =>
                yaml.Replace("name: signed,", $"name: signed, {section},", StringComparison.Ordinal)
                    .Replace(
                        "name: unsigned,",
                        "name: unsigned, decisions: { in_webhook_response: true, fields: [suppressed, audiences] },",
                        StringComparison.Ordinal
                    ),
        };

    public async Task InitializeAsync()
    {
        Host = await TestHost.StartAsync(Options("decisions: { timeout_ms: 3000 }"));
        await Deadline.UntilAsync(
            () => Host.ScalarAsync<bool>("select exists (select from leases where name = 'projector')"),
            () => "a projector to stop"
        );
        await Host.StopProjectorAsync();
    }

    public async Task DisposeAsync() => await Host.DisposeAsync();
}
