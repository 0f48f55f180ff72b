using System.Net.Http.Json;
using System.Text.Json;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Privacy.Keys;
using AudienceSync.Host.Tests.Privacy.Erasure;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Privacy;

/// <summary>
/// The canaries of <see cref="CanaryTests"/> at Google (a user's grant, and a service account), TikTok, a webhook and Meta with an app
/// secret: through all their faults, and through responses and exceptions that quote whatever was sent. Every secret of a destination and
/// of the workspace is searched for, too.
/// </summary>
public sealed class PlatformCanaryTests
{
    [Fact]
    public async Task No_canary_and_no_secret_leaks_under_any_platform_fault_or_quoted_response()
    {
        using var cases = new PlatformCases();
        var refused = cases.Remote(cases.All.Single(one => one.Kind == "refused_member"));
        QuotingNetwork network = null!;
        await using var stage = await CanaryStage.StartAsync(
            new TestHostOptions
            {
                Audiences = [.. cases.All.Select(one => new TestAudience(one.Audience, 7))],
                Secrets = cases.SecretFiles(),
                Yaml = cases.Yaml,
                Network = inner =>
                    network = new QuotingNetwork(inner)
                    {
                        Corrupt = body =>
                            body.Contains(refused, StringComparison.Ordinal)
                                ? body.Replace("\"emailAddress\":\"", "\"emailAddress\":\"zz", StringComparison.Ordinal)
                                : body,
                    },
            }
        );
        (await stage.Host.Sandbox.Admin.PostAsJsonAsync("/admin/accounts", cases.Accounts())).EnsureSuccessStatusCode();

        foreach (var one in cases.All)
        {
            await ApplyFaultsAsync(stage, cases, one);
        }

        await ShouldHaveTriedAsync(stage, network, cases);
        await stage.ShouldHoldNoneAsync(await NeedlesAsync(stage, network, cases), leastAnswers: 2 * cases.All.Count);
    }

    private static async Task ApplyFaultsAsync(CanaryStage stage, PlatformCases cases, PlatformCase one)
    {
        foreach (var fault in cases.Faults(one))
        {
            await stage.Host.Sandbox.FaultAsync(fault);
        }

        await stage.SendAsync(CanaryStage.Webhook(one.Audience, one.Audience, one.Email).ToJsonString());
        for (var calls = 1; calls <= one.Calls; calls++)
        {
            await UntilAsync(
                stage,
                $"select count(*) from calls c join bindings b on b.binding_id = c.binding_id where b.remote = '{cases.Remote(one)}'",
                calls
            );
            await stage.AskAsync($"/v1/destinations/{one.Destination}/resume", "{}");
        }

        if (one.Kind.StartsWith("job_", StringComparison.Ordinal))
        {
            await UntilAsync(
                stage,
                "select count(*) from jobs j join bindings b on b.binding_id = j.binding_id where b.remote "
                    + $"= '{cases.Remote(one)}' and j.state in (3, 4)",
                1
            );
        }

        await stage.ReadAsync("/v1/status");
    }

    private static Task UntilAsync(CanaryStage stage, string count, int reached) =>
        stage.Host.UntilAsync(
            async () => JsonSerializer.SerializeToElement(await stage.Host.ScalarAsync<long>(count)),
            seen => seen.GetInt64() >= reached,
            stage.Later
        );

    // Otherwise nothing could have leaked.
    private static async Task ShouldHaveTriedAsync(CanaryStage stage, QuotingNetwork network, PlatformCases cases)
    {
        foreach (var destination in cases.All.Select(one => one.Destination).Distinct(StringComparer.Ordinal))
        {
            var good =
                "select count(*) from calls c join bindings b on b.binding_id = c.binding_id where "
                + $"b.destination = '{destination}' and c.code = 'done'";
            (await stage.Host.ScalarAsync<long>(good)).ShouldBeGreaterThan(0, $"{destination}: its secrets were used");
        }

        foreach (
            var code in new[]
            {
                "google_token_invalid_grant",
                "google_permission_denied",
                "google_invalid_",
                "tiktok_40100",
                "tiktok_40102",
                "webhook_401",
                "not_json",
                "network",
            }
        )
        {
            (await stage.Host.ScalarAsync<long>($"select count(*) from calls where code like '{code}%'")).ShouldBeGreaterThan(0, code);
        }

        var quoted = string.Join('\n', network.Quotes);
        Canaries.Person().In(quoted).ShouldContain("customer id", "otherwise nothing was quoted");
        cases
            .Emails()
            .In(quoted)
            .Count(needle => needle.EndsWith("in hex", StringComparison.Ordinal))
            .ShouldBeGreaterThan(cases.All.Count / 3);

        PlatformCases
            .Secrets(cases.KeyFile())
            .In(quoted)
            .ShouldBe(
                ["refresh token", "client secret", "token of TikTok"],
                ignoreOrder: true,
                "the other secrets only sign and are never sent"
            );
        network.AccessTokens.Count.ShouldBeGreaterThan(1);
    }

    private static async Task<Needles> NeedlesAsync(CanaryStage stage, QuotingNetwork network, PlatformCases cases)
    {
        var master = Convert.FromBase64String(TestHostFiles.MasterKey);
        await using var database = new WorkspaceDatabase(stage.Host.Database, new WorkspaceName("default"));
        var secrets = await WorkspaceSecrets.OpenAsync(new SecretStore(database), new MasterKeys(new MasterKey(1, master)), default);
        var needles = Canaries
            .Person()
            .Union(cases.Emails())
            .Union(Canaries.Secrets())
            .Union(PlatformCases.Secrets(cases.KeyFile()))
            .Bytes("master key's bytes", master)
            .Bytes("key of the aliases", secrets.Alias.ToArray())
            .Bytes("key of the tombstones", secrets.Tombstone.ToArray())
            .Bytes("key of the fingerprints", secrets.Fingerprint.ToArray());
        return network.AccessTokens.Distinct(StringComparer.Ordinal).Aggregate(needles, (sum, token) => sum.Text("access token", token));
    }
}
