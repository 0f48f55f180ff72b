using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AudienceSync.Connectors;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Tests.Workspaces;
using AudienceSync.Sandbox;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;

namespace AudienceSync.Host.Tests.Syncing;

/// <summary>
/// Meta and Google have one rule today. A later one is added as a new version, current from then on. The test adds it through the same
/// place: the versions that <see cref="DestinationDependencies.Normalizers"/> has as current. TikTok's own versions: <see
/// cref="ReplacementTests"/>.
/// </summary>
public sealed class NewNormalizerTests : IAsyncLifetime
{
    private const string Remote = "1001";

    private static readonly (string Email, string? Phone)[] AllPeople =
    [
        ("ann@shop.example", "+1 657 777 0000"),
        ("bob@shop.example", null),
        ("c.arl+1@shop.example", "+1 657 777 0001"),
        ("d.ora@shop.example", "+1 657 777 0003"),
        ("eve+news@shop.example", "+1 657 777 0002"),
        ("fay+news@shop.example", null),
        ("g.us@shop.example", null),
    ];

    private TestWorkspace _workspace = null!;
    private MemberSetup _setup = null!;
    private WebApplication _sandbox = null!;
    private WatchedDestination _platform = null!;

    public async Task InitializeAsync()
    {
        _workspace = await TestWorkspace.CreateAsync([null]);
        _setup = new MemberSetup(_workspace);
    }

    public async Task DisposeAsync()
    {
        await _sandbox.DisposeAsync();
        await _workspace.DisposeAsync();
    }

    [Theory]
    [InlineData("meta", NormalizerFamily.Meta)]
    [InlineData("google", NormalizerFamily.Google)]
    public async Task A_new_version_moves_exactly_the_affected_digests(string name, NormalizerFamily family)
    {
        await StartAsync(name);
        var people = new List<PersonId>();
        foreach (var (email, phone) in AllPeople)
        {
            people.Add(await _setup.AddPersonAsync(email, phone));
        }

        var rules = Normalizers.BuiltIn;
        var stage = await OpenAsync(name, rules);
        await _setup.SetAsync(stage.KeyId, true, [.. people]);
        await SettleAsync(stage);
        (await HeldAsync()).ShouldBe(Digests(rules.Current(family)), ignoreOrder: true);
        foreach (var changed in new[] { PersonField.Email, PersonField.Phone })
        {
            var before = rules.Current(family);
            rules = rules.With(Next(before, changed));
            var (removed, applied) = (await TotalsAsync("removed"), await TotalsAsync("applied"));
            stage = await OpenAsync(name, rules);

            await SettleAsync(stage);

            await ShouldHaveMovedAsync(before, rules.Current(family), (removed, applied));
            (await stage.LedgerAsync()).ShouldAllBe(row => row == $"2 1 {rules.Current(family).Version.Value} ");
        }

        await _setup.SetAsync(stage.KeyId, false, [.. people]);
        await SettleAsync(stage);
        (await HeldAsync()).ShouldBeEmpty("no member is left under an older rule");
    }

    private async Task ShouldHaveMovedAsync(Normalizer before, Normalizer after, (long Removed, long Applied) totals)
    {
        var affected = AllPeople.Where(person => !Digests(before, person).SetEquals(Digests(after, person))).ToList();
        affected.Count.ShouldBeInRange(1, AllPeople.Length - 1, "otherwise the case shows nothing");
        Sent(MemberOperation.Remove).ShouldBe(affected.Count);
        Sent(MemberOperation.Add).ShouldBe(affected.Count);
        _platform
            .Calls.Where(call => call.Operation == MemberOperation.Add)
            .SelectMany(call => call.Members)
            .Select(member => member.Identifiers.Email)
            .ShouldBe(affected.Select(person => person.Email), ignoreOrder: true);
        (await HeldAsync()).ShouldBe(Digests(after), ignoreOrder: true, $"{after.Version}: as if filled from scratch");

        // Google removes a person by any of their addresses, so a person with any change is removed completely; at Meta only the changed
        // cells are removed.
        var (gone, came) =
            before.Family == NormalizerFamily.Google
                ? (affected.Sum(person => Digests(before, person).Count), affected.Sum(person => Digests(after, person).Count))
                : (Digests(before).Except(Digests(after)).Count(), Digests(after).Except(Digests(before)).Count());
        (await TotalsAsync("removed") - totals.Removed).ShouldBe(gone);
        (await TotalsAsync("applied") - totals.Applied).ShouldBe(came);
    }

    private int Sent(MemberOperation operation) =>
        _platform.Calls.Where(call => call.Operation == operation).Sum(call => call.Members.Count);

    // The next version of a family, with another rule for one field: one that TikTok has or had, so that no rule is invented.
    private static Normalizer Next(Normalizer before, PersonField changed)
    {
        var first = Normalizers.For(before.Family, new NormalizerVersion(1));
        var other = TikTokNormalizer
            .All.Select(variant => variant.RuleOf(changed)!)
            .First(rule => AllPeople.Any(person => Text(rule, person) is { } text && text != Text(first.RuleOf(changed)!, person)));
        return new Normalizer(
            before.Family,
            new NormalizerVersion((short)(before.Version.Value + 1)),
            $"another {changed}",
            [.. first.Rules.Select(rule => rule.Field == changed ? rule with { Write = other.Write } : rule)]
        );
    }

    private static string? Text(NormalizerRule rule, (string Email, string? Phone) person)
    {
        Span<char> into = stackalloc char[Normalizer.MaxChars];
        var read = IdentifierReader.Read(null, person.Email, person.Phone, "US");
        var raw = rule.Field == PersonField.Email ? read.CanonicalEmail : read.CanonicalPhone;
        return raw is not null && rule.Write(raw, "US", into) is { IsEmpty: false } cell ? new string(into[..cell.Length]) : null;
    }

    private async Task StartAsync(string platform)
    {
        var account =
            platform == "google"
                ? new AccountSettings
                {
                    Platform = platform,
                    Account = "7693729833",
                    Token = "refresh",
                    Audiences = [Remote],
                }
                : new AccountSettings
                {
                    Platform = platform,
                    Account = "act_1001",
                    Token = "t",
                    Audiences = [Remote],
                };
        _sandbox = SandboxApp.Create(
            new SandboxOptions { Accounts = [account] },
            _workspace.Clock,
            builder => builder.WebHost.UseTestServer()
        );
        await _sandbox.StartAsync();
    }

    private async Task<SyncStage> OpenAsync(string platform, Normalizers rules)
    {
        var address = new Uri("http://localhost/");
        var section =
            platform == "google"
                ? Section.Of(
                    "7693729833",
                    ("base_url", address),
                    ("client_id", "sandbox-client"),
                    ("client_secret", new Secret("sandbox-secret")),
                    ("refresh_token", new Secret("refresh")),
                    ("token_url", new Uri(address, "token")),
                    ("terms_accepted", true),
                    ("job_check_s", 60)
                )
                : Section.Of("act_1001", ("token", new Secret("t")), ("base_url", address));
        var dependencies = new DestinationDependencies(_sandbox.GetTestServer().CreateHandler(), _workspace.Clock, new Random(1))
        {
            Normalizers = rules,
        };
        _platform = new WatchedDestination(Destinations.Create(platform, section, dependencies).Destination!);
        return await SyncStage.CreateAsync(_workspace, _setup, _platform);
    }

    // Jobs take a minute, and a member who waits for one is processed when it has ended.
    private async Task SettleAsync(SyncStage stage)
    {
        var rounds = 0;
        do
        {
            (++rounds).ShouldBeLessThan(10, "the stage never settles");
            await stage.SettleAsync();
            _workspace.Clock.Advance(TimeSpan.FromSeconds(90));
            await stage.PollJobAsync();
        } while (!await stage.RoundAsync() || await _workspace.AskAsync<long>("select count(*) from jobs where state = 1") > 0);
    }

    private async Task<List<string>> HeldAsync()
    {
        var list = await _sandbox.GetTestClient().GetFromJsonAsync<JsonElement>($"/admin/lists/{Remote}");
        return
        [
            .. list.GetProperty("digests")
                .EnumerateObject()
                .SelectMany(key => key.Value.EnumerateArray().Select(digest => digest.GetString()!)),
        ];
    }

    private async Task<long> TotalsAsync(string what)
    {
        var calls = await _sandbox.GetTestClient().GetFromJsonAsync<JsonElement>("/admin/calls");
        return calls.GetProperty("totals").EnumerateArray().Sum(total => total.GetProperty(what).GetInt64());
    }

    private static HashSet<string> Digests(Normalizer rules) => [.. AllPeople.SelectMany(person => Digests(rules, person))];

    private static HashSet<string> Digests(Normalizer rules, (string Email, string? Phone) person)
    {
        var identifiers = new PersonIdentifiers(null, person.Email, person.Phone, "US");
        return
        [
            .. new[] { PersonField.Email, PersonField.Phone }
                .Select(field => rules.Text(identifiers, field))
                .OfType<string>()
                .Select(text => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))),
        ];
    }
}
