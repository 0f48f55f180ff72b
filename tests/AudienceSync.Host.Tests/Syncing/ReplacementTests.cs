using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AudienceSync.Connectors;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Sync.Lanes;
using AudienceSync.Host.Tests.Workspaces;
using AudienceSync.Sandbox;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;

namespace AudienceSync.Host.Tests.Syncing;

/// <summary>TikTok changed its normalization rule three times; each change must move exactly the digests that it changes.</summary>
public sealed class ReplacementTests : IAsyncLifetime
{
    private const string Advertiser = "7000000000000000001";
    private const string Remote = "1001";

    private static readonly (string Email, string? Phone)[] AllPeople =
    [
        ("ann@shop.example", "+1 657 777 0000"),
        ("bob@shop.example", null),
        ("c.arl@shop.example", "+1 657 777 0001"),
        ("d.ora@shop.example", null),
        ("eve+news@shop.example", "+1 657 777 0002"),
        ("fay+news@shop.example", null),
        ("g.us+a@shop.example", null),
    ];

    private TestWorkspace _workspace = null!;
    private WebApplication _sandbox = null!;
    private MemberSetup _setup = null!;

    public async Task InitializeAsync()
    {
        _workspace = await TestWorkspace.CreateAsync([null]);
        _setup = new MemberSetup(_workspace);
        var options = new SandboxOptions
        {
            Accounts =
            [
                new AccountSettings
                {
                    Platform = "tiktok",
                    Account = Advertiser,
                    Token = "t",
                    Audiences = [Remote],
                },
            ],
        };
        _sandbox = SandboxApp.Create(options, _workspace.Clock, builder => builder.WebHost.UseTestServer());
        await _sandbox.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _sandbox.DisposeAsync();
        await _workspace.DisposeAsync();
    }

    [Fact]
    public async Task Changing_a_normalizers_version_moves_exactly_the_affected_digests()
    {
        var people = new List<PersonId>();
        foreach (var (email, phone) in AllPeople)
        {
            people.Add(await _setup.AddPersonAsync(email, phone));
        }

        var (stage, platform) = await OpenAsync("2025-09");
        await _setup.SetAsync(stage.KeyId, true, [.. people]);
        await stage.SettleAsync();
        (await HeldAsync()).ShouldBe(Digests(1), ignoreOrder: true);
        foreach (
            var (variant, from, to) in new (string, short, short)[]
            {
                ("2024", 1, 2),
                ("2025-08", 2, 3),
                ("2025-09", 3, 1),
                ("2025-08", 1, 3),
            }
        )
        {
            var removed = (await TotalsAsync("removed"), await TotalsAsync("applied"));
            (stage, platform) = await OpenAsync(variant);

            // TikTok allows ten calls a second.
            _workspace.Clock.Advance(TimeSpan.FromSeconds(2));

            await stage.SettleAsync();

            var affected = AllPeople
                .Where(person => !Digests(from, person).SetEquals(Digests(to, person)))
                .Select(person => person.Email)
                .ToList();
            Emails(platform, MemberOperation.Add)
                .ShouldBe(affected, ignoreOrder: true, $"{from} to {to}: the members that are added again");
            platform.Calls.Where(call => call.Operation == MemberOperation.Remove).Sum(call => call.Members.Count).ShouldBe(affected.Count);
            (await HeldAsync()).ShouldBe(Digests(to), ignoreOrder: true, $"{from} to {to}: as if filled from scratch");
            var moved = Digests(from).Except(Digests(to)).Count();
            (await TotalsAsync("removed") - removed.Item1).ShouldBe(moved, $"{from} to {to}: no digest that stays is removed");
            (await TotalsAsync("applied") - removed.Item2).ShouldBe(moved);
            (await stage.LedgerAsync()).ShouldAllBe(row => row == $"2 1 {to} ");
        }

        await _setup.SetAsync(stage.KeyId, false, [.. people]);
        await stage.SettleAsync();
        (await HeldAsync()).ShouldBeEmpty("no member is left under an older rule");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_crash_between_removing_the_old_address_and_adding_the_new_one_leaves_no_orphan(bool wanted)
    {
        var ann = await _setup.AddPersonAsync("ann@shop.example", "+1 657 777 0000");
        var (stage, platform) = await OpenAsync("2025-09");
        await _setup.SetAsync(stage.KeyId, true, ann);
        await stage.SettleAsync();
        await _setup.ReidentifyAsync(ann, "anna@shop.example");
        platform.Dies = call => call.Operation == MemberOperation.Add;
        await Should.ThrowAsync<OperationCanceledException>(() => stage.PassAsync(Lane.Adds));
        platform.Calls[^1].Members.ShouldHaveSingleItem().Identifiers.Phone.ShouldBeNull("the phone number stays");
        (await HeldAsync()).ShouldBe([Hash("+16577770000")]);

        platform.Dies = _ => false;
        await stage.DieAsync();
        await _setup.SetAsync(stage.KeyId, wanted, ann);
        await stage.SettleAsync();

        (await HeldAsync()).ShouldBe(wanted ? [Hash("anna@shop.example"), Hash("+16577770000")] : [], ignoreOrder: true);
    }

    [Fact]
    public async Task A_new_revision_that_is_the_same_to_the_platform_costs_no_call()
    {
        var ann = await _setup.AddPersonAsync("ann@shop.example");
        var (stage, platform) = await OpenAsync("2025-09");
        await _setup.SetAsync(stage.KeyId, true, ann);
        await stage.SettleAsync();

        await _setup.ReidentifyAsync(ann, "  Ann@Shop.example ");
        await stage.SettleAsync();

        platform.Calls.Count.ShouldBe(1);
        (await stage.LedgerAsync()).ShouldBe(["2 2 1 "]);
    }

    private async Task<(SyncStage Stage, WatchedDestination Platform)> OpenAsync(string normalizer)
    {
        var section = Section.Of(
            Advertiser,
            ("token", new Secret("t")),
            ("base_url", "http://localhost/open_api/"),
            ("normalizer", normalizer)
        );
        var dependencies = new DestinationDependencies(_sandbox.GetTestServer().CreateHandler(), _workspace.Clock, new Random(1));
        var platform = new WatchedDestination(Destinations.Create("tiktok", section, dependencies).Destination!);
        return (await SyncStage.CreateAsync(_workspace, _setup, platform), platform);
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

    private static IEnumerable<string> Emails(WatchedDestination platform, MemberOperation operation) =>
        platform
            .Calls.Where(call => call.Operation == operation)
            .SelectMany(call => call.Members)
            .Select(member => member.Identifiers.Email!);

    private static HashSet<string> Digests(short version) => [.. AllPeople.SelectMany(person => Digests(version, person))];

    private static HashSet<string> Digests(short version, (string Email, string? Phone) person)
    {
        var rules = Normalizers.For(NormalizerFamily.TikTok, new NormalizerVersion(version));
        var identifiers = new PersonIdentifiers(null, person.Email, person.Phone, "US");
        return
        [
            .. new[] { PersonField.Email, PersonField.Phone }.Select(field => rules.Text(identifiers, field)).OfType<string>().Select(Hash),
        ];
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
