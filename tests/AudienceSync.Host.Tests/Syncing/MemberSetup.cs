using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Projection;
using AudienceSync.Host.Tests.Workspaces;
using Npgsql;

namespace AudienceSync.Host.Tests.Syncing;

/// <summary>Writes people and their memberships as the log and the projector would.</summary>
internal sealed class MemberSetup(TestWorkspace workspace)
{
    private readonly LeaseStore _leases = new(workspace.Database, "projector");
    private readonly MembershipStore _table = new(workspace.Database);
    private readonly Dictionary<PersonId, (int Revision, string Email, string? Phone, byte[] Salt)> _people = [];
    private readonly Dictionary<(int KeyId, PersonId Person), bool> _present = [];
    private long _changedPos;

    public IReadOnlyCollection<PersonId> People => _people.Keys;

    public string EmailOf(PersonId person) => _people[person].Email;

    public PersonIdentifiers IdentifiersOf(PersonId person) =>
        IdentifierReader.Read(null, _people[person].Email, _people[person].Phone, "US");

    public bool IsPresent(int keyId, PersonId person) => _present.GetValueOrDefault((keyId, person));

    public Task<PersonId> AddPersonAsync(string email, string? phone = null) =>
        AddPersonAsync(new PersonId(Guid.CreateVersion7(workspace.Clock.GetUtcNow())), email, phone);

    public async Task<PersonId> AddPersonAsync(PersonId person, string email, string? phone)
    {
        _people[person] = (0, email, phone, Vault.NewSalt());
        await ReviseAsync(person, email);
        return person;
    }

    public async Task<List<PersonId>> AddPersonAsync(int count)
    {
        var people = new List<PersonId>(count);
        for (var n = 0; n < count; n++)
        {
            people.Add(await AddPersonAsync($"p{n}@shop.example"));
        }

        return people;
    }

    /// <summary>The person gets another address; their rows are processed again.</summary>
    public async Task ReidentifyAsync(PersonId person, string email)
    {
        await ReviseAsync(person, email);
        await WriteAsync([.. _present.Where(row => row.Key.Person == person).Select(row => (row.Key.KeyId, person, row.Value))]);
    }

    public Task SetAsync(int keyId, bool present, params PersonId[] people) =>
        WriteAsync([.. people.Select(person => (keyId, person, present))]);

    private async Task WriteAsync(List<(int KeyId, PersonId Person, bool Present)> changes)
    {
        var rows = new List<MembershipRow>(changes.Count);
        foreach (var (keyId, person, present) in changes)
        {
            _present[(keyId, person)] = present;
            var state = new MembershipState(TestWorkspace.Start, present ? null : TestWorkspace.Start);
            rows.Add(
                new MembershipRow(
                    keyId,
                    person,
                    state,
                    present ? MembershipStatus.Present : MembershipStatus.Removed,
                    TestWorkspace.Start,
                    null,
                    1,
                    ++_changedPos
                )
            );
        }

        var lease = (await _leases.TryClaimAsync("projector", default)).ShouldNotBeNull();
        await _table.WriteAsync(lease, ProjectedPage.Of(rows), new ProjectionProgress(new Position(1), _changedPos, 0, 0), default);
    }

    private async Task ReviseAsync(PersonId person, string email)
    {
        var (revision, _, phone, salt) = _people[person];
        _people[person] = (++revision, email, phone, salt);
        var sent = new IdentifierRevision(new IdentifierClaims(), IdentifiersOf(person));
        await ExecuteAsync(
            "insert into people (person, salt, kind, anchor, revision, created_at) values ($1, $2, 2, $1, $3, "
                + "now()) on conflict (person) do update set revision = excluded.revision",
            person.Value,
            salt,
            revision
        );
        await ExecuteAsync(
            "insert into vault (person, revision, key_version, cipher, created_at) values ($1, $3, 1, $2, now())",
            person.Value,
            workspace.Vault.Seal(person, revision, salt, sent),
            revision
        );
    }

    private async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = workspace.Owner.CreateCommand(sql);
        command.Parameters.AddRange(values.Select(value => new NpgsqlParameter { Value = value }).ToArray());
        await command.ExecuteNonQueryAsync();
    }
}
