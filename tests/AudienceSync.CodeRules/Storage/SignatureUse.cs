using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace AudienceSync.CodeRules.Storage;

/// <summary>Reads a signature as one bit: whether it contains a type of the given assembly.</summary>
internal sealed class SignatureUse(Func<EntityHandle, bool> touches) : ISignatureTypeProvider<bool, object?>
{
    public bool GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => touches(handle);

    public bool GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        touches(handle);

    public bool GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => false;

    public bool GetPrimitiveType(PrimitiveTypeCode typeCode) => false;

    public bool GetGenericMethodParameter(object? genericContext, int index) => false;

    public bool GetGenericTypeParameter(object? genericContext, int index) => false;

    public bool GetArrayType(bool elementType, ArrayShape shape) => elementType;

    public bool GetSZArrayType(bool elementType) => elementType;

    public bool GetByReferenceType(bool elementType) => elementType;

    public bool GetPointerType(bool elementType) => elementType;

    public bool GetPinnedType(bool elementType) => elementType;

    public bool GetModifiedType(bool modifier, bool unmodifiedType, bool isRequired) => modifier || unmodifiedType;

    public bool GetGenericInstantiation(bool genericType, ImmutableArray<bool> typeArguments) =>
        genericType || typeArguments.Contains(item: true);

    public bool GetFunctionPointerType(MethodSignature<bool> signature) => Any(signature);

    public static bool Any(MethodSignature<bool> signature) => signature.ReturnType || signature.ParameterTypes.Contains(item: true);
}
