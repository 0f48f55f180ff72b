using System.Text;
using AudienceSync.Connectors.Members;
using AudienceSync.Domain.Normalizing;

namespace AudienceSync.Connectors.Meta;

/// <summary>
/// The columns of one call (contracts/meta.md 6.3): always EMAIL and PHONE, and every other key for which a member of the call has
/// something. More keys match better. EXTERN_ID is not sent: the contract does not ask for it, and it is the one key that would show
/// Meta an id of the customer's in the clear.
/// </summary>
internal sealed class MetaColumns
{
    private static readonly (PersonField Field, string Key)[] All =
    [
        (PersonField.Email, "EMAIL"), (PersonField.Phone, "PHONE"), (PersonField.BirthYear, "DOBY"), (PersonField.BirthMonth, "DOBM"),
        (PersonField.BirthDay, "DOBD"), (PersonField.LastName, "LN"), (PersonField.FirstName, "FN"), (PersonField.FirstInitial, "FI"),
        (PersonField.Gender, "GEN"), (PersonField.City, "CT"), (PersonField.State, "ST"), (PersonField.PostalCode, "ZIP"),
        (PersonField.Country, "COUNTRY"), (PersonField.DeviceId, "MADID"),
    ];

    /// <summary>
    /// An address that changed is removed alone. Name and place match only beside an address (6.3), so a row of theirs alone would remove
    /// nobody: where one of them changed, the row is removed whole.
    /// </summary>
    public static IdentifierComparer Comparer { get; } = new([.. All.Select(column => column.Field)], [], RowMeaning.AddressesAndTheRest);

    private const string LimitedKeys = ",\"DATA_PROCESSING_OPTIONS\",\"DATA_PROCESSING_OPTIONS_COUNTRY\",\"DATA_PROCESSING_OPTIONS_STATE\"";

    private static readonly MetaColumns Addresses = new(All[..2], limited: null);

    private readonly PersonField[] _fields;
    private readonly byte[] _rowTail;

    private MetaColumns((PersonField Field, string Key)[] columns, LimitedDataUse? limited)
    {
        _fields = [.. columns.Select(column => column.Field)];
        var keys = string.Join(',', columns.Select(column => $"\"{column.Key}\""));
        Head = Encoding.ASCII.GetBytes($"{{\"payload\":{{\"schema\":[{keys}{(limited is null ? "" : LimitedKeys)}],\"data\":[");

        // Cells of another kind than the rest: an array and two numbers (10).
        _rowTail = Encoding.ASCII.GetBytes(limited is null ? "]," : $",[\"LDU\"],{limited.Country},{limited.State}],");
    }

    /// <summary>The body up to the first row.</summary>
    public byte[] Head { get; }

    /// <summary>A row's quoted cells with a comma behind each, its brackets, and a comma behind it.</summary>
    public int RowBytes => (_fields.Length * (CellWriter.MaxBytes + 3)) + 1 + _rowTail.Length;

    /// <param name="members">Who is to be sent.</param>
    /// <param name="limited">Said with every row; null when the use of data is not limited.</param>
    public static MetaColumns Of(IReadOnlyList<Member> members, LimitedDataUse? limited)
    {
        var given = 0;
        for (var i = 0; i < members.Count; i++)
        {
            if (members[i].Identifiers is { Details: not null } person)
            {
                given |= GivenBy(person, given);
            }
        }

        return given == 0 && limited is null
            ? Addresses
            : new MetaColumns([.. All.Where((_, column) => column < 2 || (given & (1 << column)) != 0)], limited);
    }

    /// <summary>Bytes written; 0 when the row would name nobody.</summary>
    public int WriteRow(Span<byte> into, in Member member, Normalizer normalizer, CellWriter cells)
    {
        var at = 0;
        var there = 0;
        into[at++] = (byte)'[';
        foreach (var field in _fields)
        {
            // A missing cell is "" in its place, never the digest of nothing (6.1).
            into[at++] = (byte)'"';
            var cell = cells.Write(normalizer, member.Identifiers, field, into[at..]);
            there |= cell.IsEmpty ? 0 : 1 << (int)field;
            at += cell.Length;
            into[at++] = (byte)'"';
            into[at++] = (byte)',';
        }

        // The last comma gives way to what ends the row.
        at--;
        _rowTail.CopyTo(into[at..]);
        at += _rowTail.Length;
        return NamesSomebody(there) ? at : 0;
    }

    /// <summary>An address of his own, or all of name and place. A first name in a country is no person (6.3).</summary>
    private static bool NamesSomebody(int there)
    {
        const int address = (1 << (int)PersonField.Email) | (1 << (int)PersonField.Phone) | (1 << (int)PersonField.DeviceId);
        const int place = (1 << (int)PersonField.FirstName) | (1 << (int)PersonField.LastName)
            | (1 << (int)PersonField.PostalCode) | (1 << (int)PersonField.Country);
        return (there & address) != 0 || (there & place) == place;
    }

    private static int GivenBy(Domain.Identity.PersonIdentifiers person, int known)
    {
        var given = 0;
        for (var column = 2; column < All.Length; column++)
        {
            if ((known & (1 << column)) == 0 && FieldText.IsGiven(person, All[column].Field))
            {
                given |= 1 << column;
            }
        }

        return given;
    }
}
