using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace AudienceSync.CodeRules.Storage;

/// <summary>
/// Finds the types of one assembly that use anything of another: in bases, fields, signatures, attributes, locals, catches or bodies.
/// </summary>
internal sealed class AssemblyUse : IDisposable
{
    private readonly PEReader _pe;
    private readonly MetadataReader _reader;
    private readonly SignatureUse _signatures;
    private readonly string _used;

    /// <param name="path">The assembly to read.</param>
    /// <param name="used">The name of the used assembly; related assemblies (<c>Npgsql.Something</c>) count as well.</param>
    public AssemblyUse(string path, string used)
    {
        _pe = new PEReader(File.OpenRead(path));
        _reader = _pe.GetMetadataReader();
        _signatures = new SignatureUse(Touches);
        _used = used;
    }

    /// <summary>
    /// The users, by the full name of the outermost type: compiler-generated types of lambdas and async methods count as their owner.
    /// </summary>
    public IReadOnlySet<string> Users() =>
        _reader.TypeDefinitions.Where(h => Uses(_reader.GetTypeDefinition(h))).Select(OutermostName).ToHashSet(StringComparer.Ordinal);

    public void Dispose() => _pe.Dispose();

    private string OutermostName(TypeDefinitionHandle handle)
    {
        var type = _reader.GetTypeDefinition(handle);
        return type.GetDeclaringType() is { IsNil: false } owner
            ? OutermostName(owner)
            : $"{_reader.GetString(type.Namespace)}.{_reader.GetString(type.Name)}";
    }

    private bool Uses(TypeDefinition type) =>
        Touches(type.BaseType)
        || type.GetInterfaceImplementations().Any(h => Touches(_reader.GetInterfaceImplementation(h).Interface))
        || type.GetGenericParameters().Any(ConstraintTouches)
        || AttributeTouches(type.GetCustomAttributes())
        || type.GetFields()
            .Select(_reader.GetFieldDefinition)
            .Any(f => f.DecodeSignature(_signatures, null) || AttributeTouches(f.GetCustomAttributes()))
        || type.GetMethods().Select(_reader.GetMethodDefinition).Any(Uses);

    private bool Uses(MethodDefinition method) =>
        SignatureUse.Any(method.DecodeSignature(_signatures, null))
        || method.GetGenericParameters().Any(ConstraintTouches)
        || AttributeTouches(method.GetCustomAttributes())
        || (method.RelativeVirtualAddress != 0 && Uses(_pe.GetMethodBody(method.RelativeVirtualAddress)));

    private bool Uses(MethodBodyBlock body) =>
        (
            !body.LocalSignature.IsNil
            && _reader.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(_signatures, null).Contains(item: true)
        )
        || body.ExceptionRegions.Any(r => Touches(r.CatchType))
        || IlTokens.Of(body).Any(Touches);

    private bool ConstraintTouches(GenericParameterHandle handle) =>
        _reader.GetGenericParameter(handle).GetConstraints().Any(c => Touches(_reader.GetGenericParameterConstraint(c).Type));

    private bool AttributeTouches(CustomAttributeHandleCollection attributes) =>
        attributes.Any(h => Touches(_reader.GetCustomAttribute(h).Constructor));

    private bool Touches(EntityHandle handle) =>
        !handle.IsNil
        && handle.Kind switch
        {
            HandleKind.TypeReference => Touches(_reader.GetTypeReference((TypeReferenceHandle)handle).ResolutionScope),
            HandleKind.AssemblyReference => IsUsed(_reader.GetString(_reader.GetAssemblyReference((AssemblyReferenceHandle)handle).Name)),
            HandleKind.TypeSpecification => _reader
                .GetTypeSpecification((TypeSpecificationHandle)handle)
                .DecodeSignature(_signatures, null),
            HandleKind.MemberReference => Touches(_reader.GetMemberReference((MemberReferenceHandle)handle)),
            HandleKind.MethodSpecification => Touches(_reader.GetMethodSpecification((MethodSpecificationHandle)handle)),
            HandleKind.MethodDefinition => SignatureUse.Any(
                _reader.GetMethodDefinition((MethodDefinitionHandle)handle).DecodeSignature(_signatures, null)
            ),
            HandleKind.FieldDefinition => _reader.GetFieldDefinition((FieldDefinitionHandle)handle).DecodeSignature(_signatures, null),
            HandleKind.StandaloneSignature => SignatureUse.Any(
                _reader.GetStandaloneSignature((StandaloneSignatureHandle)handle).DecodeMethodSignature(_signatures, null)
            ),
            _ => false,
        };

    private bool Touches(MemberReference member) =>
        Touches(member.Parent)
        || (
            member.GetKind() == MemberReferenceKind.Method
                ? SignatureUse.Any(member.DecodeMethodSignature(_signatures, null))
                : member.DecodeFieldSignature(_signatures, null)
        );

    private bool Touches(MethodSpecification method) =>
        Touches(method.Method) || method.DecodeSignature(_signatures, null).Contains(item: true);

    private bool IsUsed(string assembly) =>
        string.Equals(assembly, _used, StringComparison.Ordinal) || assembly.StartsWith(_used + ".", StringComparison.Ordinal);
}
