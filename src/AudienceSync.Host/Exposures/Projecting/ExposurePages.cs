using AudienceSync.Domain.Events;
using AudienceSync.Domain.Experiments;
using AudienceSync.Domain.Exposures;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;

namespace AudienceSync.Host.Exposures.Projecting;

/// <summary>
/// The pages of the exposure log, one after the other: of the log, of a version that takes over members, of deliveries, of windows that
/// have passed. Each is read, folded and written with its cursor.
/// </summary>
internal sealed class ExposurePages(
    ExposureStateQueries state,
    DeliveryPageQueries deliveries,
    ExposurePageStore store,
    ExposureAssignmentStore assignments,
    ExperimentStore experiments,
    AudienceKeys keys,
    TimeProvider clock,
    Func<Guid> token
)
{
    private const int Calls = 200;

    private readonly Dictionary<string, ExposureCursor> _cursors = new(StringComparer.Ordinal);
    private readonly Dictionary<(int KeyId, string Experiment, bool IsStart), ExposureAssignment> _assigned = [];
    private ExperimentCalendar _experiments = ExperimentCalendar.None;
    private ExposureHead _head;

    /// <summary>Events, members or delivered people of a page.</summary>
    public int PageRows { get; init; } = 2_000;

    /// <summary>The end of the exposure log.</summary>
    public ExposureHead Head => _head;

    /// <summary>Continues from what is stored.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await keys.ReloadAsync(cancellationToken);
        _head = await state.HeadAsync(cancellationToken);
        _cursors.Clear();
        _experiments = await experiments.CalendarAsync(cancellationToken);
        _assigned.Clear();
        foreach (var one in await assignments.ReadAsync(cancellationToken))
        {
            _assigned[(one.KeyId, one.Experiment, one.IsStart)] = one;
        }
    }

    /// <summary>Folds the next events. False when there are none, and no version takes over members.</summary>
    public async Task<bool> LogAsync(Lease lease, CancellationToken cancellationToken)
    {
        if (await state.TakeoverAsync(cancellationToken) is { } open)
        {
            await TakeOverAsync(lease, open, cancellationToken);
            return true;
        }

        var log = await CursorAsync(ExposureCursor.Log, cancellationToken);
        var events = await state.EventsAsync(log.Position, PageRows, cancellationToken);
        if (events.Count == 0)
        {
            return false;
        }

        if (events.Exists(logged => EventAlias.IsOfRegistry(logged.Type)))
        {
            await keys.ReloadAsync(cancellationToken);
            _experiments = await experiments.CalendarAsync(cancellationToken);
        }

        // A page ends with the event that publishes a successor, which takes over the state as of its publication.
        var begins = keys
            .All.Where(key => key.PublishedPos is { } at && at >= events[0].Position && at <= events[^1].Position)
            .MinBy(key => key.PublishedPos);
        if (begins is not null)
        {
            events.RemoveAll(logged => logged.Position > begins.PublishedPos);
        }

        var (fold, tokens) = await FoldAsync(events, cancellationToken);
        var page = ExposurePage.Of(fold, tokens) with
        {
            Cursor = log with { Position = events[^1].Position.Value },
            Begun = begins is null
                ? null
                : new ExposureTakeover(begins.KeyId, begins.InheritsFrom!.Value, events[^1].RecordedAt, Guid.Empty),
        };
        await WriteAsync(lease, page, fold.SpellId, cancellationToken);
        return true;
    }

    /// <summary>Logs the next deliveries of an account. False when there are none up to a number.</summary>
    public async Task<bool> DeliveriesAsync(Lease lease, string destination, long upTo, CancellationToken cancellationToken)
    {
        var cursor = await CursorAsync(ExposureCursor.DeliveriesOf(destination), cancellationToken);
        var calls = await deliveries.ReadAsync(destination, cursor, upTo, (Calls, PageRows), cancellationToken);
        if (calls.Count == 0)
        {
            return false;
        }

        var people = calls.SelectMany(call => call.Members.Select(member => member.Person)).Distinct().ToList();
        var tokens = new ExposureTokens((await state.AnchorsAsync(people, cancellationToken)).Tokens, token);
        var asked = calls
            .SelectMany(call =>
                call.Members.Select(member =>
                    (member.Person, new SpellQuestion(tokens.Of(member.Person), call.KeyId, member.Delivery.At), member.Delivery)
                )
            )
            .ToList();
        var spells = await deliveries.SpellsAsync(asked.ConvertAll(one => (one.Person, one.Item2)), cancellationToken);
        var sends = await deliveries.SendsAsync(spells.OfType<ExposureSpell>().Select(spell => spell.Id), cancellationToken);
        var rows = new List<ExposureRow>();
        var changed = new HashSet<(long, int)>();
        for (var n = 0; n < asked.Count; n++)
        {
            var (person, question, delivery) = asked[n];
            var spell = spells[n] is { } found ? _experiments.AsOf(keys.ById(question.KeyId), found, delivery.At) : null;
            var before = spell is null ? null : sends.GetValueOrDefault((spell.Id, delivery.BindingId));
            var (added, after) = DeliveryExposures.Of(person, question.KeyId, spell, before, delivery);
            rows.AddRange(added);
            if (after is not null && after != before)
            {
                sends[(after.SpellId, after.BindingId)] = after;
                changed.Add((after.SpellId, after.BindingId));
            }
        }

        var page = new ExposurePage
        {
            Rows = rows,
            Sends = [.. changed.Select(one => sends[one])],
            Tokens = tokens.All,
            NewPeople = tokens.New,
            Cursor = cursor with { Position = calls[^1].Number, Since = Latest(cursor.Since, calls.Max(call => call.RecordedAt)) },
        };
        await WriteAsync(lease, page, _head.SpellId, cancellationToken);
        return true;
    }

    /// <summary>The number up to which an account's deliveries are read in this turn.</summary>
    public async Task<long> EndOfAsync(string destination, CancellationToken cancellationToken)
    {
        var cursor = await CursorAsync(ExposureCursor.DeliveriesOf(destination), cancellationToken);
        return await deliveries.EndAsync(destination, cursor.Since, cancellationToken);
    }

    /// <summary>Ends the spells whose window has passed. False when there are none.</summary>
    public async Task<bool> ExpireAsync(Lease lease, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var expired = await state.ExpiredAsync(now, PageRows, cancellationToken);
        if (expired.Count == 0)
        {
            return false;
        }

        var known = await state.AnchorsAsync([.. expired.Select(member => member.Id.Person).Distinct()], cancellationToken);
        var fold = new LogExposures(Snapshot(known, expired));
        expired.ForEach(member => fold.Advance(member.Id, now));
        var tokens = new ExposureTokens(known.Tokens, token);
        await WriteAsync(lease, ExposurePage.Of(fold, tokens), fold.SpellId, cancellationToken);
        return true;
    }

    /// <summary>
    /// Goes through the members of an audience on which an experiment started or ended. False when none is left; without any experiment
    /// it reads nothing.
    /// </summary>
    public async Task<bool> AssignAsync(Lease lease, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var open = _experiments
            .PassedAt(now)
            .SelectMany(change =>
                keys.All.Where(key => key.Key.Audience == change.Period.Audience)
                    .Select(key => Assignment(key.KeyId, change.Period.Holdout.Experiment, change.IsStart))
            )
            .FirstOrDefault(one => !one.Done);
        if (open is null)
        {
            return false;
        }

        var members = await state.OfKeyAsync(open.KeyId, open.Place, PageRows, cancellationToken);
        var known = await state.AnchorsAsync([.. members.Select(member => member.Id.Person)], cancellationToken);
        var fold = new LogExposures(Snapshot(known, members));
        members.ForEach(member => fold.Advance(member.Id, now));
        var tokens = new ExposureTokens(known.Tokens, token);
        var place = members.Count > 0 ? members[^1].Id.Person.Value : open.Place;
        var after = open with { Place = place, Done = members.Count < PageRows };
        await WriteAsync(lease, ExposurePage.Of(fold, tokens) with { Assigned = after }, fold.SpellId, cancellationToken);
        _assigned[(after.KeyId, after.Experiment, after.IsStart)] = after;
        return true;
    }

    /// <summary>Once a day has passed, it gets no more rows: that is written when nothing else is.</summary>
    public async Task PassDayAsync(Lease lease, CancellationToken cancellationToken)
    {
        if (clock.GetUtcNow().UtcDateTime.Date > _head.RecordedAt.UtcDateTime.Date)
        {
            await WriteAsync(lease, new ExposurePage { Tokens = new Dictionary<PersonId, Guid>() }, _head.SpellId, cancellationToken);
        }
    }

    private async Task TakeOverAsync(Lease lease, ExposureTakeover open, CancellationToken cancellationToken)
    {
        var members = await state.OfKeyAsync(open.FromKey, open.Place, PageRows, cancellationToken);
        var people = members.ConvertAll(member => member.Id.Person);
        var known = await state.AnchorsAsync(people, cancellationToken);
        var fold = new LogExposures(Snapshot(known, await state.MembersAsync(known.Tokens.Keys, cancellationToken)));
        members.ForEach(member => fold.TakeOver(member.Id.Person, open.FromKey, open.KeyId, open.At));
        var tokens = new ExposureTokens(known.Tokens, token);
        tokens.Cover(fold);
        var page = ExposurePage.Of(fold, tokens);
        page =
            members.Count < PageRows
                ? page with
                {
                    TakenOver = open.KeyId,
                }
                : page with
                {
                    Advanced = open with { Place = people[^1].Value },
                };
        await WriteAsync(lease, page, fold.SpellId, cancellationToken);
    }

    private async Task<(LogExposures Fold, ExposureTokens Tokens)> FoldAsync(List<LogEvent> events, CancellationToken cancellationToken)
    {
        var named = events
            .Where(logged => !EventAlias.IsOfRegistry(logged.Type))
            .Select(logged => logged.Person)
            .Concat(
                events
                    .Where(logged => logged.Type == EventTypes.Linked)
                    .Select(logged => ((PersonLinked)EventJson.Read(logged.Type, logged.Data)).Owner)
            )
            .Distinct()
            .ToList();
        var known = await state.AnchorsAsync(named, cancellationToken);
        var members = await state.MembersAsync(known.Tokens.Keys, cancellationToken);
        var fold = Fold(known, members, events);
        if (fold is null)
        {
            // Another Host published a key; the writer that appended an event for it had read it, so it can be read.
            await keys.ReloadAsync(cancellationToken);
            fold = Fold(known, members, events) ?? throw new InvalidOperationException("An event names a key that is not published.");
        }

        var tokens = new ExposureTokens(known.Tokens, token);
        tokens.Cover(fold);
        return (fold, tokens);
    }

    private LogExposures? Fold(KnownAnchors known, List<ExposureMember> members, List<LogEvent> events)
    {
        var fold = new LogExposures(Snapshot(known, members));
        try
        {
            events.ForEach(logged => fold.Apply(logged));
            return fold;
        }
        catch (UnknownExposureKeyException)
        {
            return null;
        }
    }

    private ExposureSnapshot Snapshot(KnownAnchors known, List<ExposureMember> members) =>
        new(known.Owners, members.ToDictionary(member => member.Id), keys.Current, _head.SpellId) { Experiments = _experiments };

    private ExposureAssignment Assignment(int keyId, string experiment, bool isStart) =>
        _assigned.GetValueOrDefault((keyId, experiment, isStart))
        ?? new ExposureAssignment(keyId, experiment, isStart, Guid.Empty, Done: false);

    private static DateTimeOffset Latest(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    // Read once: nobody else moves it while the lease holds.
    private async Task<ExposureCursor> CursorAsync(string stream, CancellationToken cancellationToken)
    {
        if (!_cursors.TryGetValue(stream, out var cursor))
        {
            _cursors[stream] = cursor = await state.CursorAsync(stream, cancellationToken);
        }

        return cursor;
    }

    private async Task WriteAsync(Lease lease, ExposurePage page, long spellId, CancellationToken cancellationToken)
    {
        _head = await store.WriteAsync(lease, _head, page, spellId, cancellationToken);
        if (page.Cursor is { } cursor)
        {
            _cursors[cursor.Stream] = cursor;
        }
    }
}
