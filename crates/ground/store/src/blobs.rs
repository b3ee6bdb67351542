//! Files, encrypted and named by their content, so that equal files are stored once.

use std::{path::Path, sync::Arc};

use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, stream::BoxStream};
use object_store::{ObjectStore, ObjectStoreExt, local::LocalFileSystem, path::Path as ObjectPath};
use serde::{Deserialize, Serialize};
use tongban_crypto::KeyRing;

use crate::StoreError;

/// The name of a stored file: a keyed digest of its content, 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BlobId(String);

impl BlobId {
    /// Takes a name that was stored in a row.
    pub fn from_stored(name: &str) -> Result<Self, StoreError> {
        if name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            Ok(Self(name.to_owned()))
        } else {
            Err(StoreError::Corrupt("a file name is not a digest".to_owned()))
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where the file lies below its folder.
    pub(crate) fn place(&self) -> String {
        format!("{}/{}", self.0.get(..2).unwrap_or("xx"), self.0)
    }
}

/// The file store: a folder now, an object service later, behind one trait.
#[derive(Debug, Clone)]
pub struct Blobs {
    objects: Arc<dyn ObjectStore>,
    keys: KeyRing,
}

impl Blobs {
    pub(crate) fn in_folder(folder: &Path, keys: KeyRing) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder)
            .map_err(|error| StoreError::Corrupt(format!("blob folder: {error}")))?;
        Ok(Self {
            objects: Arc::new(LocalFileSystem::new_with_prefix(folder)?),
            keys,
        })
    }

    fn path(id: &BlobId) -> ObjectPath {
        ObjectPath::from(id.place())
    }

    /// Stores a file, or finds it already there. Never called inside a `write`.
    pub async fn put(&self, content: &[u8]) -> Result<BlobId, StoreError> {
        let id = BlobId(self.keys.content_name(content));
        let path = Self::path(&id);
        if self.objects.head(&path).await.is_err() {
            let sealed = self.keys.encrypt_blob(content)?;
            self.objects.put(&path, sealed.into()).await?;
        }
        Ok(id)
    }

    /// Takes a file out of the store; answers what it held, or `None` where it was not there. The caller makes sure that no
    /// row names it. Never called inside a `write`.
    pub async fn remove(&self, id: &BlobId) -> Result<Option<Bytes>, StoreError> {
        let path = Self::path(id);
        let sealed = match self.objects.get(&path).await {
            Ok(found) => found.bytes().await?,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        self.objects.delete(&path).await?;
        Ok(Some(Bytes::from(self.keys.decrypt_blob(&sealed)?)))
    }

    /// Reads a file back and checks that it is the one its name says.
    pub async fn get(&self, id: &BlobId) -> Result<Bytes, StoreError> {
        let sealed = self.objects.get(&Self::path(id)).await?.bytes().await?;
        let content = self.keys.decrypt_blob(&sealed)?;
        Ok(Bytes::from(content))
    }

    /// All files, in no order.
    pub(crate) fn list(&self) -> BoxStream<'_, Result<BlobId, StoreError>> {
        self.objects
            .list(None)
            .map_err(StoreError::from)
            .try_filter_map(async |object| {
                // What is not named by a digest was not put here by us.
                Ok(object
                    .location
                    .filename()
                    .and_then(|name| BlobId::from_stored(name).ok()))
            })
            .boxed()
    }

    /// A file as it rests: encrypted.
    pub(crate) async fn sealed(&self, id: &BlobId) -> Result<Bytes, StoreError> {
        Ok(self.objects.get(&Self::path(id)).await?.bytes().await?)
    }

    /// Encrypts a file anew under the current key, in its place.
    pub(crate) async fn renew(&self, id: &BlobId, sealed: &[u8]) -> Result<(), StoreError> {
        let content = self.keys.decrypt_blob(sealed)?;
        let path = Self::path(id);
        self.objects
            .put(&path, self.keys.encrypt_blob(&content)?.into())
            .await?;
        Ok(())
    }
}
