using System.Text.Json;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Tests.Meta;

/// <summary>The keys other than email and phone (contracts/meta.md 6.3), and digests computed by a sender.</summary>
public sealed class MetaDetailTests
{
    private static readonly PersonIdentifiers Mary = MetaAccountOnWire.Mary with
    {
        Details = new PersonDetails
        {
            FirstName = "Mary",
            LastName = "Doe",
            City = "San Francisco",
            State = "California",
            PostalCode = "94035-1234",
            Country = "US",
            Gender = "F",
            BirthDate = "1990-02-15",
            DeviceId = "EA7583CD-A667-48BC-B806-42ECB2B48606",
        },
    };

    private readonly ScriptedNetwork _network = ScriptedNetwork.Answering(200, MetaAccountOnWire.Taken);

    [Fact]
    public async Task Every_key_of_a_member_is_a_column_that_is_empty_for_the_others()
    {
        await new MetaAccountOnWire(_network).AddAsync(MetaAccountOnWire.Mary, Mary);

        var (schema, rows) = Sent();
        schema.ShouldBe(["EMAIL", "PHONE", "DOBY", "DOBM", "DOBD", "LN", "FN", "FI", "GEN", "CT", "ST", "ZIP", "COUNTRY", "MADID"]);
        rows[0][2..].ShouldAllBe(cell => cell == "");
        rows[1][5].ShouldBe("799ef92a11af918e3fb741df42934f3b568ed2d93ac1df74f1b8d41a27932a6f");
        rows[1][11].ShouldBe("1794327a4d443904421f5ca1f3d72d0a62ba2f0770d80755ec2220fc0efb052e");
        rows[1][13].ShouldBe("ea7583cd-a667-48bc-b806-42ecb2b48606");
        rows[1][..13].ShouldAllBe(cell => cell.Length == 64);
    }

    [Fact]
    public async Task Only_keys_that_a_member_has_are_columns()
    {
        await new MetaAccountOnWire(_network).AddAsync(
            MetaAccountOnWire.Mary with
            {
                Details = new PersonDetails { City = "San Francisco" },
            },
            MetaAccountOnWire.Mary with
            {
                Details = new PersonDetails { LastName = "Doe" },
            }
        );

        Sent().Schema.ShouldBe(["EMAIL", "PHONE", "LN", "CT"]);
    }

    [Fact]
    public async Task The_customer_id_is_never_sent()
    {
        await new MetaAccountOnWire(_network).AddAsync(Mary with { CustomerId = "id-77" });

        _network.Sent[0].Body.ShouldNotContain("id-77");
        _network.Sent[0].Body.ShouldNotContain("EXTERN_ID");
    }

    [Fact]
    public async Task Name_and_place_or_a_device_identify_a_person_and_a_part_of_them_does_not()
    {
        var bare = Mary with { Email = null, Phone = null };
        var named = bare with { Details = Mary.Details! with { DeviceId = null } };
        var result = await new MetaAccountOnWire(_network).AddAsync(
            named,
            bare with
            {
                Details = new PersonDetails { DeviceId = Mary.Details!.DeviceId },
            },
            named with
            {
                Details = named.Details! with { PostalCode = null },
            },
            bare with
            {
                Details = new PersonDetails { FirstName = "Mary", Country = "US" },
            }
        );

        result.Invalid.Select(member => member.Index).ShouldBe([2, 3]);
        Sent().Rows.Length.ShouldBe(2);
    }

    [Fact]
    public async Task A_digest_from_the_sender_is_passed_on_where_Meta_accepts_its_form()
    {
        const string digest = "1EF970831D7963307784FA8688E8FCE101A15685D62AA765FED23F3A2C576A4E";
        var person = new PersonIdentifiers(null, null, digest, "US");

        var result = await new MetaAccountOnWire(_network).AddAsync(
            person with
            {
                Hashed = HashedFields.PhoneSha256Digits,
            },
            person with
            {
                Hashed = HashedFields.PhoneSha256E164,
            },
            person
        );

        Sent().Rows.ShouldHaveSingleItem().ShouldBe(["", digest.ToLowerInvariant()]);
        result.Invalid.Select(member => member.Index).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task A_member_is_removed_with_the_version_of_the_add_although_another_is_current()
    {
        var next = new Normalizer(NormalizerFamily.Meta, new NormalizerVersion(3), "next", [.. GoogleNormalizer.Version1.Rules]);
        var destination = Destinations
            .Create(
                "meta",
                Section.Of("act_1001", ("token", new Secret("ABC"))),
                new DestinationDependencies(_network, new ManualTime(), new Random(1)) { Normalizers = Normalizers.BuiltIn.With(next) }
            )
            .Destination!;
        var person = new PersonIdentifiers(null, "Jane.Doe+news@gmail.com", null, "US");
        Member[] members = [new(person, MetaNormalizer.Current), new(person, destination.Normalizer)];

        await destination.SendAsync(new MemberCall(new RemoteAudienceId("1"), MemberOperation.Remove, members), CancellationToken.None);

        destination.Normalizer.ShouldBe(new NormalizerVersion(3));
        Sent()
            .Rows.Select(row => row[0])
            .ShouldBe([
                "f41439c944a763c9812d700a779941cec169de13c9ccd13aaf9424ba5231620a",
                "d6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69",
            ]);
    }

    private (string[] Schema, string[][] Rows) Sent()
    {
        var payload = JsonDocument.Parse(_network.Sent[0].Body).RootElement.GetProperty("payload");
        return (payload.GetProperty("schema").Deserialize<string[]>()!, payload.GetProperty("data").Deserialize<string[][]>()!);
    }
}
