using System.Security.Cryptography;
using System.Text;
using AudienceSync.Connectors;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Sync;
using AudienceSync.Host.Tests.Syncing;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Simulation;

/// <summary>
/// One seeded run: an hour of changes and faults, two audiences at three platforms, hosts that die; then the faults stop and every list
/// must converge. A single flow of control in virtual time: nothing happens on its own, so each run of a seed has the same trace.
/// </summary>
internal sealed class SimulationRun : IAsyncDisposable
{
    private const int People = 24;
    private const int LongestStepS = 240;
    private const int MostRounds = 40;
    private const int MostPolls = 400;

    private static readonly TimeSpan FaultTime = TimeSpan.FromMinutes(70);

    private readonly int _seed;
    private readonly Random _random;
    private readonly TestWorkspace _workspace;
    private readonly VirtualTime _clock;
    private readonly MemberSetup _setup;
    private readonly SimulatedPlatforms _platforms;
    private readonly SimulationQueries _queries;
    private readonly List<PersonId> _people = [];
    private readonly List<SimulatedAccount> _accounts = [];
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly int[] _keys;

    // When an account's round began or its last page of adds left. A removal that was due by then has left before the next page of adds: it
    // waits for at most one page.
    private readonly Dictionary<string, DateTimeOffset> _left = [];
    private int _emails;
    private bool _faultsActive = true;

    private SimulationRun(int seed, TestWorkspace workspace, VirtualTime clock, SimulatedPlatforms platforms)
    {
        (_seed, _random, _workspace, _clock, _platforms) = (seed, new Random(seed), workspace, clock, platforms);
        _setup = new MemberSetup(workspace);
        _queries = new SimulationQueries(workspace, clock);
        _keys = [.. new[] { "k0_v1", "k1_v1" }.Select(name => workspace.Keys.ByName(name)!.KeyId)];
    }

    /// <summary>The trace of the run, one line for each step.</summary>
    public List<string> Trace { get; } = [];

    /// <summary>Calls with an add that left.</summary>
    public int Adds { get; private set; }

    /// <summary>Calls with a removal that left.</summary>
    public int Removals { get; private set; }

    /// <summary>Hosts that died in a call.</summary>
    public int Deaths { get; private set; }

    public static async Task<SimulationRun> OpenAsync(int seed, TestWorkspace workspace)
    {
        await SimulationQueries.EmptyAsync(workspace);
        var clock = new VirtualTime(TestWorkspace.Start);
        var run = new SimulationRun(seed, workspace, clock, await SimulatedPlatforms.StartAsync(clock, seed));
        var bindings = new BindingStore(workspace.Database);
        foreach (var platform in SimulatedPlatforms.Names)
        {
            await bindings.DeclareAccountAsync(platform, platform, consentRequired: false, default);
            for (var key = 0; key < run._keys.Length; key++)
            {
                await workspace.BindAsync(key, platform, SimulatedPlatforms.Remote(platform, key));
            }

            run.OpenAccount(platform);
        }

        return run;
    }

    public async Task PlayAsync()
    {
        for (var n = 0; n < People; n++)
        {
            // From this run's random numbers, so that the order of people depends on the seed, too.
            var id = new byte[16];
            _random.NextBytes(id);
            _people.Add(
                await _setup.AddPersonAsync(new PersonId(new Guid(id)), NewEmail(), _random.Next(2) == 0 ? $"+1 657 777 {n:0000}" : null)
            );
        }

        var until = _clock.GetUtcNow() + FaultTime;
        await _platforms.BreakAsync(_seed, until);
        while (_clock.GetUtcNow() < until)
        {
            await ChangeAsync(_random.Next(8));
            await RoundsAsync();
            await _platforms.Network.MoveToAsync(_clock.GetUtcNow() + TimeSpan.FromSeconds(1 + _random.Next(LongestStepS)));
            if (_random.Next(10) == 0)
            {
                await _queries.ResumeAsync();
            }
        }

        _faultsActive = false;
        Log("the faults are over");
        await SettleAsync();
        await _queries.ResumeAsync();
        await SettleAsync();
        await _queries.RetryAsync();
        await SettleAsync();
    }

    public async Task ShouldHaveConvergedAsync()
    {
        foreach (var platform in SimulatedPlatforms.Names)
        {
            for (var key = 0; key < _keys.Length; key++)
            {
                var held = await _platforms.HeldAsync(SimulatedPlatforms.Remote(platform, key));
                var wanted = Wanted(platform, _keys[key]).ToList();
                var ledger = held.ToHashSet().SetEquals(wanted) ? "" : await LedgerAsync(SimulatedPlatforms.Remote(platform, key));
                Named(held.Except(wanted)).ShouldBe([], $"{platform} list {key} holds members who are not desired{ledger}");
                Named(wanted.Except(held)).ShouldBe([], $"{platform} list {key} lacks members{ledger}");
            }
        }

        var calls = await _platforms.CallsAsync();
        foreach (var budget in calls.GetProperty("budgets").EnumerateArray())
        {
            budget.GetProperty("violations").GetInt64().ShouldBe(0, $"{budget}");
        }

        var made = Adds + Removals;
        await RoundsAsync();
        (Adds + Removals).ShouldBe(made, "nothing is sent when nothing changed");
    }

    public async ValueTask DisposeAsync()
    {
        // Released calls still sleep in the sandbox.
        await _platforms.Network.MoveToAsync(_clock.GetUtcNow() + TimeSpan.FromHours(1));
        _accounts.ForEach(account => account.Dispose());
        await _platforms.DisposeAsync();
    }

    private void OpenAccount(string platform)
    {
        var destination = _platforms.Open(platform, _clock, _seed, _random.Next(3, 9));
        destination.Leaving = call => LeaveAsync(platform, call);
        destination.Answered = (call, result) => Answer(platform, call, result);
        destination.Followed = report => Log($"{platform} job {report.State} {report.Code}");
        _accounts.Add(new SimulatedAccount(_workspace, _clock, platform, destination, _random));
    }

    private async Task LeaveAsync(string platform, MemberCall call)
    {
        Log($"{platform} {call.Audience} {call.Operation} {string.Join(' ', call.Members.Select(member => member.Identifiers.Email))}");
        if (call.Operation == MemberOperation.Add)
        {
            Adds++;
            (await _queries.PendingRemovalsAsync(platform, _left[platform])).ShouldBe(
                [],
                $"an add to {platform} {call.Audience} leaves while removals wait at {_clock.GetUtcNow():O}"
            );
            _left[platform] = _clock.GetUtcNow();
        }
        else
        {
            Removals++;
        }

        if (_faultsActive && _random.Next(40) == 0)
        {
            Die();
        }

        // A member changes while the call is in progress; the content of the call is already fixed.
        if (_faultsActive && call.Operation == MemberOperation.Add && _random.Next(3) == 0)
        {
            await ChangeAsync(2);
        }
    }

    // A host that dies after a throttling response, before writing it, cannot pass the wait on to the next one, which could then not honor
    // it.
    private void Answer(string platform, MemberCall call, CallResult result)
    {
        Log($"{platform} {call.Audience} {call.Operation} answered {result.Outcome.Kind} {result.Outcome.Code}");
        if (_faultsActive && result.Outcome.Kind != OutcomeKind.Snooze && _random.Next(40) == 0)
        {
            Die();
        }
    }

    private void Die()
    {
        Deaths++;
        Log("the host dies");
        throw new ProcessDiedException();
    }

    private async Task ChangeAsync(int changes)
    {
        for (; changes > 0; changes--)
        {
            var person = _people[_random.Next(_people.Count)];
            if (_random.Next(8) == 0)
            {
                var former = _setup.EmailOf(person);
                await _setup.ReidentifyAsync(person, NewEmail());
                Log($"{former} is now {_setup.EmailOf(person)}");
            }
            else
            {
                var (key, present) = (_random.Next(_keys.Length), _random.Next(5) < 3);
                await _setup.SetAsync(_keys[key], present, person);
                Log($"{_setup.EmailOf(person)} {(present ? "joins" : "leaves")} k{key}");
            }
        }
    }

    private async Task RoundsAsync()
    {
        foreach (var account in _accounts)
        {
            await RoundsAsync(account);
        }
    }

    private async Task RoundsAsync(SimulatedAccount account)
    {
        var more = true;
        for (var rounds = 0; more; rounds++)
        {
            rounds.ShouldBeLessThan(MostRounds, $"{account.Name} never becomes idle");
            _left[account.Name] = _clock.GetUtcNow();
            more = await account.RoundAsync();
        }
    }

    // Advances from one due time to the next, until nothing is waiting. There is no other work in the meantime.
    private async Task SettleAsync()
    {
        var due = _accounts;
        for (var polls = 0; ; polls++)
        {
            polls.ShouldBeLessThan(MostPolls, "the run never becomes idle");
            foreach (var account in due)
            {
                await RoundsAsync(account);
            }

            var times = await _queries.NextTimesAsync();
            foreach (var account in _accounts.Where(account => account.VacantUntil is not null))
            {
                times[account.Name] = account.VacantUntil!.Value;
            }

            if (times.Count == 0)
            {
                return;
            }

            var next = times.Values.Min();
            due = _accounts.FindAll(account => times.TryGetValue(account.Name, out var time) && time == next);
            await _platforms.Network.MoveToAsync(next);
        }
    }

    private IEnumerable<string> Wanted(string platform, int key)
    {
        var rules = Normalizers.BuiltIn.Current(SimulatedPlatforms.FamilyOf(platform));
        return _people
            .Where(person => _setup.IsPresent(key, person))
            .Select(_setup.IdentifiersOf)
            .SelectMany(person => new[] { PersonField.Email, PersonField.Phone }.Select(field => rules.Text(person, field)))
            .OfType<string>()
            .Select(Digest);
    }

    private string Digest(string text)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        _names[digest] = text;
        return digest;
    }

    private async Task<string> LedgerAsync(string remote)
    {
        var rows = await _queries.LedgerAsync(remote);
        return string.Concat(
            rows.Select(row =>
                "\n  "
                + _people.Aggregate(
                    row,
                    (text, person) => text.Replace(person.ToString(), _setup.EmailOf(person), StringComparison.Ordinal)
                )
            )
        );
    }

    // With the names that a failing seed is analyzed by.
    private List<string> Named(IEnumerable<string> digests) =>
        [.. digests.Select(digest => _names.GetValueOrDefault(digest, digest)).Order(StringComparer.Ordinal)];

    private void Log(string what) => Trace.Add($"{_clock.GetUtcNow():HH:mm:ss.fff} {what}");

    private string NewEmail()
    {
        var email = $"p{++_emails}@shop.example";
        Digest(email);
        return email;
    }
}
